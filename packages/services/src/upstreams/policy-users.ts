import type { Transaction } from '@parley/db/client';
import { readStored } from '../api-versions/definition-shape.ts';
import { policyUpstreams } from '../policies/policy-problems.ts';

interface Row {
  readonly definition: unknown;
  readonly version: string;
  readonly api: string;
}

/** The versions (`api/version`) whose policies name an upstream in what they serve now. */
export async function policyUsers(tx: Transaction, tenantId: string, slug: string): Promise<string[]> {
  const rows = await tx.$queryRaw<Row[]>`
    SELECT r.definition, v.version, a.slug AS api
    FROM api_versions v
    JOIN api_revisions r ON r.tenant_id = v.tenant_id AND r.api_version_id = v.id AND r.number = v.revision
    JOIN apis a ON a.tenant_id = v.tenant_id AND a.id = v.api_id
    WHERE v.tenant_id = ${tenantId}::uuid AND a.kind = 'rest' AND position(${`"${slug}"`} in r.definition::text) > 0`;
  return rows.flatMap(({ definition, version, api }) => {
    const stored = readStored('rest', definition);
    const names = stored.kind === 'rest' && policyUpstreams(stored).some(({ upstream }) => upstream === slug);
    return names ? [`${api}/${version}`] : [];
  });
}
