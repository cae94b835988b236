export { NotFoundHere as default, notFoundMetadata as metadata } from '@/features/shell/ui/not-found-page.tsx';
