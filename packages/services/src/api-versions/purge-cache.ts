import { z } from 'zod';
import { defineVerb } from '../verb.ts';
import { findVersion } from './version-shape.ts';

/**
 * Empties a version's cache: its answers are kept under a number that goes up, so that what was kept or is under way
 * under the former one is never given again, on any node, once the new number has reached it.
 */
export const purgeCache = defineVerb({
  name: 'apiVersions.purgeCache',
  summary: 'Empty the cache of a version: no answer kept until now is given again.',
  kind: 'write',
  access: 'apis.write',
  rest: { method: 'POST', path: '/apis/{api}/versions/{version}/purge-cache' },
  input: z.object({ api: z.string(), version: z.string() }),
  output: z.object({ generation: z.number().int() }),
  async run({ tx, input, tenantId, audit, announce }) {
    const { api, row } = await findVersion(tx, tenantId, input.api, input.version);
    const { cacheGeneration } = await tx.apiVersion.update({
      where: { tenantId_id: { tenantId, id: row.id } },
      data: { cacheGeneration: { increment: 1 } },
      select: { cacheGeneration: true },
    });
    await audit({
      subject: { kind: 'api version', id: row.id, label: `${api.slug}/${row.version}` },
      detail: { generation: cacheGeneration },
    });
    await announce('snapshot.tenant', { tenantId });
    return { generation: cacheGeneration };
  },
});
