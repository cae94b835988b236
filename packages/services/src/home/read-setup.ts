import type { Transaction } from '@parley/db/client';
import { dayOf } from '../keys/last-use.ts';
import { iso } from '../shapes.ts';
import type { Setup } from './overview-shape.ts';
import { sampleCall } from './sample-call.ts';

interface Row {
  provider: boolean;
  prompt: boolean;
  key: boolean;
  others: number;
  approved: boolean;
  requested: boolean;
  firstCallAt: Date | null;
}

/** The first steps of a tenant, each from what is really there. */
export async function readSetup(tx: Transaction, tenantId: string): Promise<Setup> {
  const [row] = await tx.$queryRaw<[Row]>`
    SELECT
      EXISTS (SELECT 1 FROM models m WHERE m.tenant_id = ${tenantId}::uuid AND m.disabled_at IS NULL AND EXISTS (
          SELECT 1 FROM provider_keys k WHERE k.tenant_id = m.tenant_id AND k.provider_id = m.provider_id AND k.disabled_at IS NULL))
        OR EXISTS (SELECT 1 FROM upstreams WHERE tenant_id = ${tenantId}::uuid) AS provider,
      EXISTS (SELECT 1 FROM prompts WHERE tenant_id = ${tenantId}::uuid) AS prompt,
      EXISTS (SELECT 1 FROM api_keys WHERE tenant_id = ${tenantId}::uuid AND revoked_at IS NULL
        AND (expires_at IS NULL OR expires_at > now())) AS key,
      (SELECT count(*)::int FROM apis WHERE tenant_id <> ${tenantId}::uuid AND visibility = 'public' AND published_at IS NOT NULL) AS others,
      EXISTS (SELECT 1 FROM subscriptions WHERE consumer_tenant_id = ${tenantId}::uuid AND state = 'approved') AS approved,
      EXISTS (SELECT 1 FROM subscriptions WHERE consumer_tenant_id = ${tenantId}::uuid AND state = 'requested') AS requested,
      least(
        (SELECT min(hour) FROM usage_rollups WHERE consumer_tenant_id = ${tenantId}::uuid AND requests > client_errors + server_errors),
        (SELECT min(occurred_at) FROM usage_events WHERE consumer_tenant_id = ${tenantId}::uuid AND status < 400 AND purpose IS NULL
          AND event_day >= ${dayOf(new Date(Date.now() - 86_400_000))}::date)) AS "firstCallAt"`;
  const application = await tx.application.findFirst({
    where: { tenantId, deletedAt: null },
    orderBy: { id: 'asc' },
    select: { slug: true, name: true },
  });
  const published = await tx.api.findFirst({
    where: { tenantId, publishedAt: { not: null } },
    orderBy: { publishedAt: 'asc' },
    select: { slug: true, name: true },
  });
  return {
    provider: row.provider,
    prompt: row.prompt,
    key: row.key,
    others: row.others,
    published,
    application,
    subscription: row.approved ? 'approved' : row.requested ? 'requested' : 'none',
    firstCallAt: iso(row.firstCallAt),
    lastRefusal: row.firstCallAt ? null : await readLastRefusal(tx, tenantId),
    sample: await readSample(tx, tenantId),
  };
}

async function readLastRefusal(tx: Transaction, tenantId: string): Promise<Setup['lastRefusal']> {
  const [row] = await tx.$queryRaw<{ id: string; at: Date; status: number; code: string | null }[]>`
    SELECT id, occurred_at AS at, status::int, code FROM usage_events
    WHERE consumer_tenant_id = ${tenantId}::uuid AND status >= 400 AND purpose IS NULL
      AND event_day >= ${dayOf(new Date(Date.now() - 86_400_000))}::date
    ORDER BY event_day DESC, id DESC LIMIT 1`;
  return row ? { ...row, at: iso(row.at) } : null;
}

/** An API the tenant's applications may call, else one of its own; its newest version that is in service. */
async function readSample(tx: Transaction, tenantId: string): Promise<Setup['sample']> {
  const rows = await tx.$queryRaw<{ publisher: string; api: string; name: string; reference: unknown }[]>`
    SELECT t.slug AS publisher, a.slug AS api, a.name, v.reference
    FROM apis a JOIN tenants t ON t.id = a.tenant_id
    JOIN api_versions v ON v.tenant_id = a.tenant_id AND v.api_id = a.id AND v.state IN ('published', 'deprecated')
    LEFT JOIN subscriptions s ON s.tenant_id = a.tenant_id AND s.api_id = a.id
      AND s.consumer_tenant_id = ${tenantId}::uuid AND s.state = 'approved'
    WHERE v.reference IS NOT NULL AND (s.id IS NOT NULL OR a.tenant_id = ${tenantId}::uuid)
    ORDER BY s.id IS NULL, a.kind = 'rest', v.state, v.published_at DESC LIMIT 5`;
  for (const row of rows) {
    const call = sampleCall(row);
    if (call) return call;
  }
  return null;
}
