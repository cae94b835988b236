export { ApiPage as default, apiMetadata as generateMetadata } from '@/features/apis/ui/api-page.tsx';
