export { InvoicesPage as default, invoicesMetadata as metadata } from '@/features/invoices/ui/invoices-page.tsx';
