import type { Transaction } from '@parley/db/client';

/** How far back single calls are looked at; before that the rollup tells. */
export const TWO_HOURS_MS = 7_200_000;

/**
 * When each key of an application was last used, by key id: exact for the last two hours (from the calls themselves),
 * to the hour for the 90 days before (from the rollup). A key without calls is absent.
 */
export async function lastUseByKey(
  tx: Transaction,
  tenantId: string,
  applicationId: string,
): Promise<Map<string, Date>> {
  const since = new Date(Date.now() - TWO_HOURS_MS);
  const rows = await tx.$queryRaw<{ keyId: string; at: Date }[]>`
    SELECT key_id AS "keyId", max(at) AS at FROM (
      SELECT key_id, max(hour) AS at FROM usage_rollups
      WHERE consumer_tenant_id = ${tenantId}::uuid AND application_id = ${applicationId}::uuid AND hour > now() - interval '90 days'
      GROUP BY key_id
      UNION ALL
      SELECT key_id, max(occurred_at) FROM usage_events
      WHERE consumer_tenant_id = ${tenantId}::uuid AND event_day >= ${dayOf(since)}::date AND id >= ${firstIdAt(since)}::uuid
        AND application_id = ${applicationId}::uuid
      GROUP BY key_id) used
    GROUP BY key_id`;
  return new Map(rows.map((row) => [row.keyId, row.at]));
}

/** UTC day of a moment, as usage is partitioned by. */
export function dayOf(time: Date): string {
  return time.toISOString().slice(0, 10);
}

/** The least UUIDv7 of a moment; ids of usage events rise with time. */
export function firstIdAt(time: Date): string {
  const hex = time.getTime().toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}
