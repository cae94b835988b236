import type { Transaction } from '@parley/db/client';
import { readStored } from '../api-versions/definition-shape.ts';

interface Row {
  readonly definition: unknown;
}

/** The models behind a name that the tenant's published model APIs route, in their order; `[]` where it is no such name. */
export async function aliasTargets(tx: Transaction, tenantId: string, name: string): Promise<string[]> {
  const rows = await tx.$queryRaw<Row[]>`
    SELECT r.definition
    FROM api_versions v
    JOIN api_revisions r ON r.tenant_id = v.tenant_id AND r.api_version_id = v.id AND r.number = v.revision
    JOIN apis a ON a.tenant_id = v.tenant_id AND a.id = v.api_id
    WHERE v.tenant_id = ${tenantId}::uuid AND a.kind = 'llm' AND v.state IN ('published', 'deprecated')
      AND position(${`"${name}"`} in r.definition::text) > 0
    ORDER BY v.published_at DESC, v.id DESC`;
  for (const { definition } of rows) {
    const stored = readStored('llm', definition);
    const alias = stored.policies?.modelRouting?.aliases.find((one) => one.name === name);
    if (alias) return [...new Set(alias.targets.map(({ model }) => model))];
  }
  return [];
}
