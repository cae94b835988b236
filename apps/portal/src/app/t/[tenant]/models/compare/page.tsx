export { ComparePage as default, compareMetadata as metadata } from '@/features/providers/ui/compare-page.tsx';
