import type { Transaction } from '@parley/db/client';
import { derivedId } from '@parley/kernel/derived-id';
import { announce, auditSystem } from './record.ts';

/** Keys that ran out longer ago are not looked at again. */
const LOOK_BACK_MS = 86_400_000;

interface Row {
  tenantId: string;
  id: string;
  name: string;
  expiresAt: Date;
  applicationName: string;
  applicationSlug: string;
  tenantSlug: string;
}

/**
 * Tells the owners of API keys that ran out. A key has no state for that: its audit entry, whose id follows from key and
 * time, says that it was told. Returns how many keys were told of.
 */
export async function expireKeys(tx: Transaction, now: Date, limit: number): Promise<number> {
  const since = new Date(now.getTime() - LOOK_BACK_MS);
  const rows = await tx.$queryRaw<Row[]>`
    SELECT k.tenant_id AS "tenantId", k.id, k.name, k.expires_at AS "expiresAt", a.name AS "applicationName",
      a.slug AS "applicationSlug", t.slug AS "tenantSlug"
    FROM api_keys k
    JOIN applications a ON a.tenant_id = k.tenant_id AND a.id = k.application_id
    JOIN tenants t ON t.id = k.tenant_id
    WHERE k.expires_at <= ${now} AND k.expires_at > ${since} AND k.revoked_at IS NULL
      AND NOT EXISTS (SELECT 1 FROM audit_entries e WHERE e.tenant_id = k.tenant_id AND e.action = 'keys.expire'
        AND e.subject_id = k.id::text AND e.at >= k.expires_at)
    ORDER BY k.expires_at LIMIT ${limit}`;
  for (const row of rows) {
    const first = await auditSystem(tx, {
      tenantId: row.tenantId,
      id: derivedId('key-expired', row.id, new Date(row.expiresAt).toISOString()),
      action: 'keys.expire',
      subject: { kind: 'key', id: row.id, label: row.name },
      detail: { application: row.applicationName },
    });
    if (first) await tell(tx, row);
  }
  return rows.length;
}

async function tell(tx: Transaction, row: Row): Promise<void> {
  await announce(tx, row.tenantId, 'notify.members', {
    tenantId: row.tenantId,
    permission: 'keys.write',
    userId: null,
    kind: 'key.expired',
    title: `The key “${row.name}” of ${row.applicationName} has expired`,
    body: 'Calls with it are refused now. Make a new key, or give this one a later end.',
    href: `/t/${row.tenantSlug}/applications/${row.applicationSlug}`,
    mail: true,
  });
}
