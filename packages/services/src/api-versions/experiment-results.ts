import type { Transaction } from '@parley/db/client';
import { z } from 'zod';
import { timeShape } from '../shapes.ts';
import { defineVerb } from '../verb.ts';
import { experimentFigures, MOST_CALLS, readExperimentFacts } from './experiment-facts.ts';
import { findVersion, servedRevision } from './version-shape.ts';

/** Revisions looked through for the last change of the experiment. */
const LOOKED_THROUGH = 50;

/** How the variants of a prompt API's experiment do beside each other, since it was last changed. */
export const experimentResults = defineVerb({
  name: 'apiVersions.experimentResults',
  summary: 'Compare the variants of an experiment by their calls since it was last changed.',
  kind: 'read',
  access: 'usage.read',
  rest: { method: 'GET', path: '/apis/{api}/versions/{version}/experiment' },
  input: z.object({ api: z.string(), version: z.string() }),
  output: z.object({
    /** Since when it is as it is now; `null` without an experiment. */
    since: timeShape.nullable(),
    /** More calls than are compared: only the newest are. */
    cut: z.boolean(),
    variants: z.array(
      experimentFigures.extend({
        name: z.string(),
        /** What it is: a version or a label of the prompt, another model; absent parts are as served. */
        promptVersion: z.number().int().nullable(),
        label: z.string().nullable(),
        model: z.string().nullable(),
        /** Share in basis points. */
        weight: z.number().int(),
      }),
    ),
  }),
  async run({ tx, input, tenantId }) {
    const found = await findVersion(tx, tenantId, input.api, input.version);
    const served = await servedRevision(tx, found);
    const experiment = served?.definition.policies?.experiment;
    if (!experiment) return { since: null, cut: false, variants: [] };
    const { id: apiVersionId, revision } = found.row;
    const since = await experimentSince(tx, { tenantId, apiVersionId, revision });
    const facts = await readExperimentFacts(tx, {
      tenantId,
      apiVersionId,
      fromMs: since.getTime(),
      toMs: Date.now() + 60_000,
    });
    return {
      since: since.toISOString(),
      cut: facts.calls >= MOST_CALLS,
      variants: experiment.variants.map(({ name, promptVersion, label, model, weight }) => ({
        name,
        promptVersion: promptVersion ?? null,
        label: label ?? null,
        model: model ?? null,
        weight,
        ...facts.of(name),
      })),
    };
  },
});

/** When the oldest of the revisions in a row, up to the one served, was made that all have this experiment. */
async function experimentSince(
  tx: Transaction,
  { tenantId, apiVersionId, revision }: { tenantId: string; apiVersionId: string; revision: number },
): Promise<Date> {
  const rows = await tx.$queryRaw<{ createdAt: Date; experiment: string | null }[]>`
    SELECT created_at AS "createdAt", md5((definition #> '{policies,experiment}')::text) AS experiment
    FROM api_revisions
    WHERE tenant_id = ${tenantId}::uuid AND api_version_id = ${apiVersionId}::uuid AND number <= ${revision}
    ORDER BY number DESC LIMIT ${LOOKED_THROUGH}`;
  const changed = rows.findIndex(({ experiment }) => experiment !== rows[0]?.experiment);
  return rows.at(changed === -1 ? -1 : changed - 1)?.createdAt ?? new Date();
}
