export { CataloguePage as default, catalogueMetadata as metadata } from '@/features/catalogue/ui/catalogue-page.tsx';
