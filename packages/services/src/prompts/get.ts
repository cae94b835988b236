import { z } from 'zod';
import { defineVerb } from '../verb.ts';
import { findPrompt, namesOf, promptOut, promptShape, promptVersionOut, promptVersionShape } from './prompt-shape.ts';

/** One prompt with its latest version, and where versions of it are published. */
export const getPrompt = defineVerb({
  name: 'prompts.get',
  summary: 'Read one prompt with its latest version.',
  kind: 'read',
  access: 'prompts.read',
  rest: { method: 'GET', path: '/prompts/{prompt}' },
  input: z.object({ prompt: z.string() }),
  output: promptShape.extend({
    latest: promptVersionShape.nullable(),
    /** API versions that serve this prompt now, and which version of it. */
    publishedAs: z.array(
      z.object({ api: z.string(), version: z.string(), state: z.string(), promptVersion: z.number() }),
    ),
  }),
  async run({ tx, input, tenantId }) {
    const row = await findPrompt(tx, tenantId, input.prompt);
    const [latest] = row.versions;
    const names = await namesOf(tx, [latest?.createdById ?? null]);
    const publishedAs = await tx.$queryRaw<{ api: string; version: string; state: string; promptVersion: number }[]>`
      SELECT a.slug AS api, v.version, v.state::text AS state, p.number AS "promptVersion"
      FROM prompt_versions p
      JOIN api_revisions r ON r.tenant_id = p.tenant_id AND r.definition->>'promptVersionId' = p.id::text
      JOIN api_versions v ON v.tenant_id = r.tenant_id AND v.id = r.api_version_id AND v.revision = r.number
      JOIN apis a ON a.tenant_id = v.tenant_id AND a.id = v.api_id
      WHERE p.tenant_id = ${tenantId}::uuid AND p.prompt_id = ${row.id}::uuid
      ORDER BY a.slug, v.created_at`;
    return { ...promptOut(row), latest: latest ? promptVersionOut(latest, names) : null, publishedAs };
  },
});
