export { catalogueMetadata as metadata, CataloguePage as default } from '@/features/catalogue/ui/catalogue-page.tsx';
