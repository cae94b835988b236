import type { JobPayload } from '@parley/contracts/jobs';
import type { PoolClient } from 'pg';
import type { Claimed } from './claim.ts';
import type { Place } from './settle.ts';

const DISABLED = 'It answered 410 Gone: it wants no more events.';

/** Switches a destination off, and tells those who look after upstreams; what still waits for it fails when it is due. */
export async function disableDestination(client: PoolClient, tenantId: string, place: Place): Promise<void> {
  const { rowCount } = await client.query(
    `INSERT INTO webhook_destinations (tenant_id, upstream_id, disabled_at, disabled_reason) VALUES ($1, $2, now(), $3)
     ON CONFLICT (tenant_id, upstream_id) DO UPDATE SET disabled_at = now(), disabled_reason = $3
       WHERE webhook_destinations.disabled_at IS NULL`,
    [tenantId, place.upstreamId, DISABLED],
  );
  if (rowCount !== 1) return;
  await tell(client, tenantId, place, {
    kind: 'webhook.disabled',
    title: `“${place.upstreamSlug}” takes no more events`,
    body: `${DISABLED} Nothing is sent to it until somebody switches it on again.`,
  });
}

/** Tells of a delivery that was given up, at most once a day for each destination. */
export async function tellFailed(client: PoolClient, claimed: Claimed, place: Place): Promise<void> {
  const { rows } = await client.query(
    `SELECT 1 FROM webhook_deliveries WHERE tenant_id = $1 AND upstream_id = $2 AND state = 'failed'
       AND ended_at > now() - interval '1 day' AND id <> $3 LIMIT 1`,
    [claimed.tenantId, place.upstreamId, claimed.id],
  );
  if (rows.length > 0) return;
  await tell(client, claimed.tenantId, place, {
    kind: 'webhook.failed',
    title: `Events for “${place.upstreamSlug}” could not be delivered`,
    body: 'The last try of at least one event has failed. It is kept, and can be sent again from the list of events.',
  });
}

async function tell(
  client: PoolClient,
  tenantId: string,
  place: Place,
  words: { kind: string; title: string; body: string },
): Promise<void> {
  const { rows } = await client.query<{ tenant: string; api: string | null }>(
    `SELECT t.slug AS tenant, (SELECT a.slug FROM apis a WHERE a.tenant_id = t.id AND a.id = $2) AS api
     FROM tenants t WHERE t.id = $1`,
    [tenantId, place.apiId],
  );
  const [found] = rows;
  if (!found) return;
  const href = found.api === null ? `/t/${found.tenant}/apis` : `/t/${found.tenant}/apis/${found.api}?tab=events`;
  const notice: JobPayload<'notify.members'> = {
    tenantId,
    permission: 'apis.write',
    userId: null,
    ...words,
    href,
    mail: true,
  };
  await client.query(`INSERT INTO outbox_entries (tenant_id, topic, payload) VALUES ($1, 'notify.members', $2)`, [
    tenantId,
    JSON.stringify(notice),
  ]);
}
