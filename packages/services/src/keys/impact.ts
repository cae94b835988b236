import { Fault } from '@parley/kernel/fault';
import { z } from 'zod';
import { optionalTimeShape } from '../shapes.ts';
import { defineVerb } from '../verb.ts';
import { dayOf, firstIdAt } from './last-use.ts';

const HOUR_MS = 3_600_000;

interface Row {
  api: string | null;
  calls: number;
  lastCallAt: Date;
}

/** What would break if a key were revoked now: the calls made with it in the last hour, by API. */
export const keyImpact = defineVerb({
  name: 'keys.impact',
  summary: 'Count the calls made with a key in the last hour, by API.',
  kind: 'read',
  access: 'applications.read',
  rest: { method: 'GET', path: '/keys/{id}/impact' },
  input: z.object({ id: z.uuid() }),
  output: z.object({
    calls: z.number().int(),
    lastCallAt: optionalTimeShape,
    apis: z.array(z.object({ name: z.string(), calls: z.number().int() })),
  }),
  run: async ({ tx, input, tenantId }) => {
    const key = await tx.apiKey.findUnique({ where: { tenantId_id: { tenantId, id: input.id } } });
    if (!key) throw new Fault('not_found', 'There is no such key in this tenant.');
    const since = new Date(Date.now() - HOUR_MS);
    const rows = await tx.$queryRaw<Row[]>`
      SELECT a.name AS api, count(*)::int AS calls, max(e.occurred_at) AS "lastCallAt"
      FROM usage_events e LEFT JOIN apis a ON a.tenant_id = e.tenant_id AND a.id = e.api_id
      WHERE e.consumer_tenant_id = ${tenantId}::uuid AND e.event_day >= ${dayOf(since)}::date
        AND e.id >= ${firstIdAt(since)}::uuid AND e.key_id = ${key.id}::uuid AND e.purpose IS NULL
      GROUP BY a.name ORDER BY 2 DESC`;
    const last = rows.reduce((best, row) => Math.max(best, row.lastCallAt.getTime()), 0);
    return {
      calls: rows.reduce((sum, row) => sum + row.calls, 0),
      lastCallAt: last > 0 ? new Date(last).toISOString() : null,
      apis: rows.map((row) => ({ name: row.api ?? 'No API (listing models, or a wrong address)', calls: row.calls })),
    };
  },
});
