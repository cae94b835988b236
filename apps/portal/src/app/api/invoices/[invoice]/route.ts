export { downloadInvoiceFile as GET } from '@/features/invoices/server/download.ts';
