import type { Transaction } from '@parley/db/client';
import { auditSystem } from './record.ts';

/** Marks invitations that were not taken in time. Returns how many. */
export async function expireInvitations(tx: Transaction, now: Date, limit: number): Promise<number> {
  const rows = await tx.$queryRaw<{ tenantId: string; id: string; email: string }[]>`
    WITH due AS (
      SELECT tenant_id, id FROM invitations WHERE state = 'pending' AND expires_at <= ${now}
      ORDER BY expires_at LIMIT ${limit} FOR UPDATE SKIP LOCKED
    )
    UPDATE invitations i SET state = 'expired' FROM due WHERE i.tenant_id = due.tenant_id AND i.id = due.id
    RETURNING i.tenant_id AS "tenantId", i.id, i.email`;
  for (const { tenantId, id, email } of rows) {
    await auditSystem(tx, {
      tenantId,
      action: 'invitations.expire',
      subject: { kind: 'invitation', id, label: email },
      detail: {},
    });
  }
  return rows.length;
}
