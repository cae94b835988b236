export { UsagePage as default, usageMetadata as metadata } from '@/features/usage/ui/usage-page.tsx';
