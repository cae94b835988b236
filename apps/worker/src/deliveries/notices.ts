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
  if (place.callerChosen) return tellCallbackFailed(client, claimed.tenantId, place);
  await tell(client, claimed.tenantId, place, {
    kind: 'webhook.failed',
    title: `Events for “${place.upstreamSlug}” could not be delivered`,
    body: 'The last try of at least one event has failed. It is kept, and can be sent again from the list of events.',
  });
}

interface Words {
  readonly kind: string;
  readonly title: string;
  readonly body: string;
}

/** The same for those who look after the application that is not told how its jobs end. */
async function tellCallbackFailed(client: PoolClient, tenantId: string, { upstreamId }: Place): Promise<void> {
  const { rows } = await client.query<{ tenant: string; slug: string; name: string }>(
    `SELECT t.slug AS tenant, a.slug, a.name FROM applications a JOIN tenants t ON t.id = a.tenant_id
     WHERE a.tenant_id = $1 AND a.id = $2`,
    [tenantId, upstreamId],
  );
  const [found] = rows;
  if (!found) return;
  await notify(client, tenantId, {
    permission: 'keys.write',
    href: `/t/${found.tenant}/applications/${found.slug}`,
    kind: 'webhook.failed',
    title: `Callbacks of “${found.name}” could not be delivered`,
    body: 'The last try of at least one callback has failed. The results of its jobs are kept at /v1/jobs.',
  });
}

async function tell(client: PoolClient, tenantId: string, place: Place, words: Words): Promise<void> {
  const { rows } = await client.query<{ tenant: string; api: string | null }>(
    `SELECT t.slug AS tenant, (SELECT a.slug FROM apis a WHERE a.tenant_id = t.id AND a.id = $2) AS api
     FROM tenants t WHERE t.id = $1`,
    [tenantId, place.apiId],
  );
  const [found] = rows;
  if (!found) return;
  const href = found.api === null ? `/t/${found.tenant}/apis` : `/t/${found.tenant}/apis/${found.api}?tab=events`;
  await notify(client, tenantId, { permission: 'apis.write', href, ...words });
}

async function notify(
  client: PoolClient,
  tenantId: string,
  words: Words & { readonly permission: string; readonly href: string },
): Promise<void> {
  const notice: JobPayload<'notify.members'> = { tenantId, userId: null, mail: true, ...words };
  await client.query(`INSERT INTO outbox_entries (tenant_id, topic, payload) VALUES ($1, 'notify.members', $2)`, [
    tenantId,
    JSON.stringify(notice),
  ]);
}
