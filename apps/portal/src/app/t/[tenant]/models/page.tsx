export { ModelsPage as default, modelsMetadata as metadata } from '@/features/providers/ui/models-page.tsx';
