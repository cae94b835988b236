export { ErrorDocsPage as default, errorDocsMetadata as metadata } from '@/features/error-docs/ui/error-docs-page.tsx';
