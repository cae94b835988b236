import { mergePolicies } from '@parley/contracts/policies';
import type { Transaction } from '@parley/db/client';
import { z } from 'zod';
import { readStored } from '../api-versions/definition-shape.ts';
import { findApi } from '../apis/api-shape.ts';
import { defineVerb } from '../verb.ts';
import { destinationShape, readDestinations } from './destination-shape.ts';

/** Where the events of an API go: what its versions name now, and what had deliveries before. */
export const listWebhookDestinations = defineVerb({
  name: 'webhookDestinations.list',
  summary:
    'List the upstreams an API’s events are delivered to, with their signing secrets (not the secrets themselves).',
  kind: 'read',
  access: 'apis.read',
  rest: { method: 'GET', path: '/apis/{api}/destinations' },
  input: z.object({ api: z.string() }),
  output: z.object({ items: z.array(destinationShape) }),
  run: async ({ tx, input, tenantId }) => {
    const api = await findApi(tx, tenantId, input.api);
    if (api.kind !== 'rest') return { items: [] };
    const slugs = [...(await named(tx, tenantId, api.id)), ...(await used(tx, tenantId, api.id))];
    return { items: await readDestinations(tx, tenantId, [...new Set(slugs)]) };
  },
});

/** Upstreams that the policy `deliver` means in what the API's versions hold now. */
async function named(tx: Transaction, tenantId: string, apiId: string): Promise<string[]> {
  const rows = await tx.$queryRaw<{ definition: unknown }[]>`
    SELECT r.definition FROM api_versions v
    JOIN api_revisions r ON r.tenant_id = v.tenant_id AND r.api_version_id = v.id AND r.number = v.revision
    WHERE v.tenant_id = ${tenantId}::uuid AND v.api_id = ${apiId}::uuid AND position('"deliver"' in r.definition::text) > 0`;
  return rows.flatMap(({ definition }) => {
    const stored = readStored('rest', definition);
    if (stored.kind !== 'rest') return [];
    return stored.routes.flatMap((route) => {
      const { deliver } = mergePolicies(stored.policies ?? {}, route.policies);
      if (!deliver) return [];
      return deliver.to.length > 0 ? deliver.to : [route.upstream];
    });
  });
}

/** Where the newest thousand deliveries went. */
async function used(tx: Transaction, tenantId: string, apiId: string): Promise<string[]> {
  const rows = await tx.$queryRaw<{ slug: string }[]>`
    SELECT DISTINCT newest.upstream_slug AS slug FROM (
      SELECT upstream_slug FROM webhook_deliveries WHERE tenant_id = ${tenantId}::uuid AND api_id = ${apiId}::uuid
      ORDER BY accepted_at DESC LIMIT 1000) newest`;
  return rows.map(({ slug }) => slug);
}
