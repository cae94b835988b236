import { guardrailsPolicy } from '@parley/contracts/policies/guardrails';
import { z } from 'zod';
import { readStored } from '../api-versions/definition-shape.ts';
import { defineVerb } from '../verb.ts';

/** Most versions that are looked through, newest first. */
const MOST_VERSIONS = 500;

/** The guardrails in force or in a draft, by API version. */
export const listGuardrails = defineVerb({
  name: 'guardrails.list',
  summary: 'List the API versions that have guardrails, newest first, with what these are set to.',
  kind: 'read',
  access: 'apis.read',
  rest: { method: 'GET', path: '/guardrails' },
  input: z.object({}),
  output: z.object({
    items: z.array(
      z.object({ api: z.string(), apiName: z.string(), version: z.string(), guardrails: guardrailsPolicy }),
    ),
    nextCursor: z.null(),
  }),
  async run({ tx, tenantId }) {
    const versions = await tx.apiVersion.findMany({
      where: { tenantId, state: { not: 'retired' }, api: { kind: { not: 'rest' } } },
      orderBy: { createdAt: 'desc' },
      take: MOST_VERSIONS,
      select: { id: true, version: true, revision: true, api: { select: { slug: true, name: true, kind: true } } },
    });
    const revisions = await tx.apiRevision.findMany({
      where: { tenantId, OR: versions.map(({ id, revision }) => ({ apiVersionId: id, number: revision })) },
      select: { apiVersionId: true, definition: true },
    });
    const definitions = new Map(revisions.map(({ apiVersionId, definition }) => [apiVersionId, definition]));
    const items = versions.flatMap(({ id, version, api }) => {
      const definition = definitions.get(id);
      const guardrails = definition && readStored(api.kind, definition).policies?.guardrails;
      return guardrails ? [{ api: api.slug, apiName: api.name, version, guardrails }] : [];
    });
    return { items, nextCursor: null };
  },
});
