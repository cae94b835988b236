export { CostsPage as default, costsMetadata as metadata } from '@/features/costs/ui/costs-page.tsx';
