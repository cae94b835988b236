export { RequestsPage as default, requestsMetadata as metadata } from '@/features/requests/ui/requests-page.tsx';
