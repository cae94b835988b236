export { RequestPage as default, requestMetadata as metadata } from '@/features/requests/ui/request-page.tsx';
