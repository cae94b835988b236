import type { AcceptedEvent } from '@parley/contracts/deliveries';
import { derivedId } from '@parley/kernel/derived-id';
import type { Pool, PoolClient } from 'pg';
import { storableJson, storableText } from '../../dead-letters.ts';
import { withTransaction } from '../../deliveries/transaction.ts';

/**
 * Stores an event and its deliveries in one transaction; `callbackUrl` where it goes to a caller in place of upstreams. False
 * when an event of this id is there already.
 */
export async function storeEvent(
  pool: Pool,
  event: AcceptedEvent,
  callbackUrl: string | null = null,
): Promise<boolean> {
  return withTransaction(pool, async (client) => {
    const first = await insertEvent(client, event, callbackUrl);
    if (first) for (const destination of event.destinations) await insertDelivery(client, event, destination);
    return first;
  });
}

async function insertEvent(client: PoolClient, event: AcceptedEvent, callbackUrl: string | null): Promise<boolean> {
  const acceptedAt = new Date(event.acceptedAtMs);
  const { rowCount } = await client.query(
    `INSERT INTO webhook_events (tenant_id, id, api_id, api_version_id, route_id, consumer_tenant_id, application_id,
       request_id, method, path, headers, sealed_body, body_bytes, rules, accepted_at, keep_until,
       callback_url)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $15::timestamptz + make_interval(days => $16),
       $17)
     ON CONFLICT DO NOTHING`,
    [
      event.tenantId,
      event.id,
      event.apiId,
      event.apiVersionId,
      event.routeId,
      event.consumerTenantId,
      event.applicationId,
      event.requestId,
      event.method,
      storableText(event.path),
      storableJson(event.headers),
      event.body === null ? null : Buffer.from(event.body, 'base64'),
      event.bodyBytes,
      storableJson(event.rules),
      acceptedAt,
      event.keepDays,
      callbackUrl,
    ],
  );
  return rowCount === 1;
}

async function insertDelivery(
  client: PoolClient,
  event: AcceptedEvent,
  destination: AcceptedEvent['destinations'][number],
): Promise<void> {
  await client.query(
    `INSERT INTO webhook_deliveries (tenant_id, id, event_id, api_id, upstream_id, upstream_slug, concurrency, next_try_at,
       accepted_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, now(), $8) ON CONFLICT DO NOTHING`,
    [
      event.tenantId,
      derivedId('delivery', event.tenantId, event.id, destination.id),
      event.id,
      event.apiId,
      destination.id,
      destination.slug,
      event.rules.concurrency,
      new Date(event.acceptedAtMs),
    ],
  );
}
