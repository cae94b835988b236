export { NewTenantPage as default, newTenantMetadata as metadata } from '@/features/identity/ui/new-tenant-page.tsx';
