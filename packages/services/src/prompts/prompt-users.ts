import type { Transaction } from '@parley/db/client';
import { storedDefinitions } from '../api-versions/definition-shape.ts';
import type { StoredPrompt } from './offers.ts';

/** Reads the definition of a prompt API's revision. Throws when it is none. */
export function readStoredPrompt(definition: unknown): StoredPrompt {
  return { kind: 'prompt', ...storedDefinitions.prompt.parse(definition) };
}

/** An API version that serves a prompt, with what it serves of it now. */
export interface PromptUser {
  readonly apiVersionId: string;
  readonly api: string;
  readonly version: string;
  readonly state: string;
  readonly stored: StoredPrompt;
}

/** API versions whose current revision is about this prompt, whichever version of it they serve. */
export async function promptUsers(tx: Transaction, tenantId: string, promptId: string): Promise<PromptUser[]> {
  const rows = await tx.$queryRaw<
    { apiVersionId: string; api: string; version: string; state: string; definition: unknown }[]
  >`
    SELECT v.id AS "apiVersionId", a.slug AS api, v.version, v.state::text AS state, r.definition
    FROM prompt_versions p
    JOIN api_revisions r ON r.tenant_id = p.tenant_id AND r.definition->>'promptVersionId' = p.id::text
    JOIN api_versions v ON v.tenant_id = r.tenant_id AND v.id = r.api_version_id AND v.revision = r.number
    JOIN apis a ON a.tenant_id = v.tenant_id AND a.id = v.api_id
    WHERE p.tenant_id = ${tenantId}::uuid AND p.prompt_id = ${promptId}::uuid
    ORDER BY a.slug, v.created_at`;
  return rows.map(({ definition, ...row }) => ({ ...row, stored: readStoredPrompt(definition) }));
}

/** Where in an API version's definition a label is named; empty when it is not. */
export function labelUses({ promptLabel, policies }: StoredPrompt, label: string): string[] {
  const uses: string[] = [];
  if (promptLabel === label) uses.push('what it serves');
  if (policies?.promptLabels?.allow.includes(label)) uses.push('its prompt labels');
  if (policies?.experiment?.variants.some((one) => one.label === label)) uses.push('its experiment');
  return uses;
}
