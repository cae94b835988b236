export { TenantLayout as default } from '@/features/shell/ui/tenant-layout.tsx';
