export { ApisPage as default, apisMetadata as metadata } from '@/features/apis/ui/apis-page.tsx';
