import type { Metadata } from 'next';
import { AuditView } from './audit-view.tsx';

export const auditMetadata: Metadata = { title: 'Audit log' };

export function AuditPage() {
  return <AuditView />;
}
