export { AuditPage as default, auditMetadata as metadata } from '@/features/audit/ui/audit-page.tsx';
