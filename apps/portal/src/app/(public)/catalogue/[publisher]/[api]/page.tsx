export { ApiPage as default, apiMetadata as generateMetadata } from '@/features/catalogue/ui/api-page.tsx';
