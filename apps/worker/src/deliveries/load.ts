import {
  bodyPurpose,
  CALLBACK_SECRET,
  type DeliveryRules,
  deliveredHeadersSchema,
  deliveryRulesSchema,
  WEBHOOK_SECRET,
} from '@parley/contracts/deliveries';
import { targetUrl, upstreamOptionsSchema } from '@parley/contracts/upstream-options';
import { newId } from '@parley/kernel/id';
import { type DataKey, open, openBuffer, openDataKey, seal } from '@parley/kernel/seal';
import { newWebhookSecret, webhookKey } from '@parley/kernel/standard-webhooks';
import { maskSecret } from '@parley/services/sealing/tenant-data-key';
import type { Pool } from 'pg';
import { z } from 'zod';
import type { Claimed } from './claim.ts';

/** Everything a try needs. */
export interface Loaded {
  readonly eventId: string;
  readonly apiId: string;
  readonly upstreamId: string;
  readonly upstreamSlug: string;
  /** A caller chose the address: what the operator allows publishers is nothing for it. */
  readonly callerChosen: boolean;
  readonly rules: DeliveryRules;
  readonly method: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: string;
  /** Path and query exactly as they go out. */
  readonly path: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Buffer;
  /** Of the current secret and those whose overlap has not ended. */
  readonly keys: readonly Buffer[];
}

/** Why nothing can be sent, in a sentence; no try can change that. */
export class Undeliverable extends Error {}

interface Row {
  readonly event_id: string;
  readonly api_id: string;
  readonly upstream_id: string;
  readonly upstream_slug: string;
  readonly rules: unknown;
  readonly method: Loaded['method'];
  readonly path: string;
  readonly headers: unknown;
  readonly sealed_body: Buffer | null;
  readonly callback_url: string | null;
  readonly base_url: string | null;
  readonly auth_header: string | null;
  readonly sealed_auth: string | null;
  readonly options: unknown;
  readonly disabled_reason: string | null;
  readonly sealed_key: string;
}

const ROW = `
SELECT e.id AS event_id, d.api_id, d.upstream_id, d.upstream_slug, e.rules, e.method, e.path, e.headers, e.sealed_body,
  e.callback_url, u.base_url, u.auth_header, u.sealed_auth, u.options,
  CASE WHEN o.disabled_at IS NULL THEN NULL ELSE coalesce(o.disabled_reason, '') END AS disabled_reason,
  (SELECT k.sealed FROM tenant_keys k WHERE k.tenant_id = d.tenant_id ORDER BY k.created_at DESC LIMIT 1) AS sealed_key
FROM webhook_deliveries d
JOIN webhook_events e ON e.tenant_id = d.tenant_id AND e.id = d.event_id
LEFT JOIN upstreams u ON u.tenant_id = d.tenant_id AND u.id = d.upstream_id
LEFT JOIN webhook_destinations o ON o.tenant_id = d.tenant_id AND o.upstream_id = d.upstream_id
WHERE d.tenant_id = $1 AND d.id = $2`;

/** Reads what is sent and where to. Throws `Undeliverable`. */
export async function loadDelivery(pool: Pool, master: DataKey, claimed: Claimed): Promise<Loaded> {
  const { tenantId } = claimed;
  const { rows } = await pool.query<Row>(ROW, [tenantId, claimed.id]);
  const [row] = rows;
  if (!row) throw new Undeliverable('The event is gone.');
  const dataKey = openDataKey(master, row.sealed_key, tenantId);
  if (row.callback_url !== null) return callbackOf(row, row.callback_url, { pool, dataKey, tenantId });
  if (row.base_url === null) throw new Undeliverable(`There is no upstream “${row.upstream_slug}” any more.`);
  if (row.disabled_reason !== null) {
    throw new Undeliverable(`The destination is switched off: ${row.disabled_reason}`);
  }
  const auth: [string, string][] =
    row.auth_header !== null && row.sealed_auth !== null
      ? [[row.auth_header.toLowerCase(), open(dataKey, row.sealed_auth, 'upstream_auth')]]
      : [];
  const base = targetOf(row.base_url, row.options, claimed.tries);
  const event = eventOf(row, dataKey);
  return {
    ...event,
    callerChosen: false,
    url: base.origin,
    path: base.pathname.replace(/\/+$/, '') + row.path,
    headers: [...event.headers, ...auth],
    keys: await signingKeys(pool, dataKey, { tenantId, upstreamId: row.upstream_id }),
  };
}

/** What is sent wherever it goes. */
function eventOf(row: Row, dataKey: DataKey): Omit<Loaded, 'callerChosen' | 'url' | 'path' | 'keys'> {
  return {
    eventId: row.event_id,
    apiId: row.api_id,
    upstreamId: row.upstream_id,
    upstreamSlug: row.upstream_slug,
    rules: deliveryRulesSchema.parse(row.rules),
    method: row.method,
    headers: deliveredHeadersSchema.parse(row.headers),
    body: row.sealed_body === null ? Buffer.alloc(0) : openBuffer(dataKey, row.sealed_body, bodyPurpose(row.event_id)),
  };
}

/** What tells a caller how its job ended: at its own address, signed with its application's own secret. */
async function callbackOf(
  row: Row,
  callbackUrl: string,
  { pool, dataKey, tenantId }: { pool: Pool; dataKey: DataKey; tenantId: string },
): Promise<Loaded> {
  const { rows } = await pool.query<SecretRow>(CALLBACK_SECRETS, [tenantId, row.upstream_id, CALLBACK_SECRET]);
  const keys = rows.flatMap(({ sealed }) => webhookKey(open(dataKey, sealed, WEBHOOK_SECRET)) ?? []);
  if (keys.length === 0)
    throw new Undeliverable(`The application has no webhook secret “${CALLBACK_SECRET}” any more.`);
  const url = new URL(callbackUrl).origin;
  return { ...eventOf(row, dataKey), callerChosen: true, url, path: row.path, keys };
}

const optionsShape = z.object({ discovery: z.object({ kind: z.string() }).optional() });

/** The destination's address; an upstream with several targets is tried at one after another. */
function targetOf(baseUrl: string, stored: unknown, tries: number): URL {
  const kind = optionsShape.safeParse(stored).data?.discovery?.kind;
  if (kind !== undefined && kind !== 'dns') {
    throw new Undeliverable('The targets of this upstream are discovered by the gateway only; give it an address.');
  }
  const options = upstreamOptionsSchema.safeParse(stored).data;
  const base = options?.baseWeight === 0 ? [] : [baseUrl];
  const others = (options?.targets ?? []).flatMap(({ url }) => targetUrl(url, baseUrl)?.href ?? []);
  const all = [...base, ...others];
  return new URL(all[tries % all.length] ?? baseUrl);
}

interface SecretRow {
  readonly sealed: string;
}

const LIVE_SECRETS = `SELECT sealed FROM webhook_secrets WHERE tenant_id = $1 AND upstream_id = $2 AND use = 'sign'
  AND (expires_at IS NULL OR expires_at > now()) ORDER BY expires_at DESC NULLS FIRST, created_at DESC`;

/** Those of an application that sign callbacks; an application stands in an upstream's place there. */
const CALLBACK_SECRETS = `SELECT sealed FROM webhook_secrets WHERE tenant_id = $1 AND application_id = $2 AND use = 'verify'
  AND name = $3 AND (expires_at IS NULL OR expires_at > now()) ORDER BY expires_at DESC NULLS FIRST, created_at DESC`;

/** Keys of a destination; its first secret is made here when nobody has made one. */
async function signingKeys(
  pool: Pool,
  dataKey: DataKey,
  { tenantId, upstreamId }: { tenantId: string; upstreamId: string },
): Promise<Buffer[]> {
  let { rows } = await pool.query<SecretRow>(LIVE_SECRETS, [tenantId, upstreamId]);
  if (rows.length === 0) {
    const secret = newWebhookSecret();
    await pool.query(
      `INSERT INTO webhook_secrets (tenant_id, id, use, upstream_id, sealed, masked) VALUES ($1, $2, 'sign', $3, $4, $5)
       ON CONFLICT DO NOTHING`,
      [tenantId, newId(), upstreamId, seal(dataKey, secret, WEBHOOK_SECRET), maskSecret(secret)],
    );
    ({ rows } = await pool.query<SecretRow>(LIVE_SECRETS, [tenantId, upstreamId]));
  }
  return rows.flatMap(({ sealed }) => webhookKey(open(dataKey, sealed, WEBHOOK_SECRET)) ?? []);
}
