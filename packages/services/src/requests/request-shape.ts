import { ABORTED_BY, SIDE_PURPOSES, USAGE_KINDS, USAGE_SOURCES } from '@parley/contracts/usage-event';
import type { Transaction } from '@parley/db/client';
import { z } from 'zod';
import { timeShape } from '../shapes.ts';
import { type Named, namedShape, namesOf } from '../usage/names.ts';

const count = z.number().int();

/** One call as the log shows it. */
export const requestShape = z.object({
  id: z.uuid(),
  at: timeShape,
  /** Whose call it is, seen from the open tenant: of its API, by its application, or both. */
  side: z.enum(['published', 'consumed', 'both']),
  kind: z.enum(USAGE_KINDS),
  method: z.string(),
  path: z.string(),
  status: count,
  code: z.string().nullable(),
  stream: z.boolean(),
  abortedBy: z.enum(ABORTED_BY),
  publisher: namedShape,
  consumer: namedShape,
  api: namedShape.nullable(),
  apiVersion: namedShape.nullable(),
  application: namedShape,
  key: namedShape,
  plan: namedShape.nullable(),
  model: z.string().nullable(),
  /** Of a call the gateway made to a model itself: what for, and for which call. `null` for an application's own. */
  purpose: z.enum(SIDE_PURPOSES).nullable(),
  parentId: z.uuid().nullable(),
  /** For whom it was made and what it belongs to, as its caller says. */
  endUser: z.string().nullable(),
  tags: z.record(z.string(), z.string()),
  /** Of a call with a party token: who acted, for whom, and its `jti`. */
  party: z.object({ acting: z.string(), principal: z.string(), tokenId: z.uuid() }).nullable(),
  usageSource: z.enum(USAGE_SOURCES),
  inputTokens: count,
  cachedInputTokens: count,
  outputTokens: count,
  reasoningTokens: count,
  /** Decimal text of nano-units. */
  costNano: z.string(),
  currency: z.string(),
  /** Microseconds: door to last byte; of these, waiting on the upstream; door to the first streamed token. */
  durationUs: count,
  upstreamUs: count,
  ttftUs: count.nullable(),
});
export type RequestItem = z.output<typeof requestShape>;

/** A row of `usage_events` as `REQUEST_COLUMNS` reads it. */
export interface RequestRow {
  id: string;
  tenantId: string;
  consumerTenantId: string;
  atMs: number;
  apiId: string | null;
  apiVersionId: string | null;
  applicationId: string;
  keyId: string;
  planId: string | null;
  kind: RequestItem['kind'];
  method: string;
  path: string;
  status: number;
  code: string | null;
  stream: boolean;
  abortedBy: RequestItem['abortedBy'];
  model: string | null;
  purpose: RequestItem['purpose'];
  parentId: string | null;
  endUser: string | null;
  tags: RequestItem['tags'] | null;
  party: RequestItem['party'];
  usageSource: RequestItem['usageSource'];
  inputTokens: number;
  cachedInputTokens: number;
  outputTokens: number;
  reasoningTokens: number;
  costNano: string;
  currency: string;
  durationUs: number;
  upstreamUs: number;
  ttftUs: number | null;
}

export const REQUEST_COLUMNS = `id, tenant_id AS "tenantId", consumer_tenant_id AS "consumerTenantId",
  (extract(epoch FROM occurred_at) * 1000)::float8 AS "atMs", api_id AS "apiId", api_version_id AS "apiVersionId",
  application_id AS "applicationId", key_id AS "keyId", plan_id AS "planId", kind, method, path, status, code, stream,
  aborted_by AS "abortedBy", model, purpose, parent_id AS "parentId", end_user AS "endUser", tags,
  CASE WHEN party_token_id IS NULL THEN NULL
    ELSE jsonb_build_object('acting', party_acting, 'principal', party_principal, 'tokenId', party_token_id) END AS party, usage_source AS "usageSource", input_tokens AS "inputTokens",
  cached_input_tokens AS "cachedInputTokens", output_tokens AS "outputTokens", reasoning_tokens AS "reasoningTokens",
  cost_nano::text AS "costNano", currency, duration_us::float8 AS "durationUs", upstream_us::float8 AS "upstreamUs",
  ttft_us::float8 AS "ttftUs"`;

/** Rows with the names of what they belong to, as far as the open tenant may see them. */
export async function requestsOut(
  tx: Transaction,
  tenantId: string,
  rows: readonly RequestRow[],
): Promise<RequestItem[]> {
  const apis = await namesOf(
    tx,
    'api',
    rows.map((row) => row.apiId),
  );
  const versions = await namesOf(
    tx,
    'apiVersion',
    rows.map((row) => row.apiVersionId),
  );
  const applications = await namesOf(
    tx,
    'application',
    rows.map((row) => row.applicationId),
  );
  const keys = await namesOf(
    tx,
    'key',
    rows.map((row) => row.keyId),
  );
  const plans = await namesOf(
    tx,
    'plan',
    rows.map((row) => row.planId),
  );
  const tenants = await namesOf(
    tx,
    'publisher',
    rows.flatMap((row) => [row.tenantId, row.consumerTenantId]),
  );
  const named = (names: ReadonlyMap<string, Named>, id: string): Named =>
    names.get(id) ?? { id, name: null, slug: null };
  return rows.map(
    ({ tenantId: publisherId, consumerTenantId, atMs, apiId, apiVersionId, applicationId, keyId, planId, ...row }) => ({
      ...row,
      tags: row.tags ?? {},
      at: new Date(atMs).toISOString(),
      side: publisherId !== tenantId ? 'consumed' : consumerTenantId === tenantId ? 'both' : 'published',
      publisher: named(tenants, publisherId),
      consumer: named(tenants, consumerTenantId),
      api: apiId === null ? null : named(apis, apiId),
      apiVersion: apiVersionId === null ? null : named(versions, apiVersionId),
      application: named(applications, applicationId),
      key: named(keys, keyId),
      plan: planId === null ? null : named(plans, planId),
    }),
  );
}
