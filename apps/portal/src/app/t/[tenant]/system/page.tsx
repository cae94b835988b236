export { SystemPage as default, systemMetadata as metadata } from '@/features/system/ui/system-page.tsx';
