export { PageSkeleton as default } from '@/features/shell/ui/page-skeleton.tsx';
