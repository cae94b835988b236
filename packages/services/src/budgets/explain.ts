import { LIMIT_SOURCES, limitRecordSchema } from '@parley/contracts/usage-event';
import { Fault } from '@parley/kernel/fault';
import { z } from 'zod';
import { isRequestId, partSql, requestFilterInput } from '../requests/request-filter.ts';
import { timeShape } from '../shapes.ts';
import { defineVerb } from '../verb.ts';

interface Row {
  readonly tenantId: string;
  readonly atMs: number;
  readonly status: number;
  readonly code: string | null;
  readonly model: string | null;
  readonly limit: string | null;
}

/** Why a call was refused: which budget or limit, what it may have taken, what was left. Only of calls to the tenant's own APIs. */
export const explainBudgetRefusal = defineVerb({
  name: 'budgets.explain',
  summary: 'Tell which budget or limit refused a call, what the call may have taken of it, and what was left.',
  kind: 'read',
  access: 'budgets.read',
  rest: { method: 'GET', path: '/budgets/refusals/{id}' },
  input: z.object({ id: z.uuid('Paste a request id: it is in the answer’s header X-Request-Id.') }),
  output: z.object({
    id: z.uuid(),
    at: timeShape,
    status: z.number().int(),
    code: z.string().nullable(),
    model: z.string().nullable(),
    /** `null`: no limit refused it. */
    limit: limitRecordSchema
      .extend({
        source: z.enum(LIMIT_SOURCES),
        /** Of a budget that is still there. */
        budget: z.object({ slug: z.string(), name: z.string() }).nullable(),
        resetsAt: timeShape.nullable(),
      })
      .nullable(),
  }),
  run: async ({ tx, input, tenantId }) => {
    const filter = requestFilterInput.parse({ search: input.id, side: 'published' });
    const { sql, values } = partSql(
      { tenantId, filter, limit: 1, order: 'newest first' },
      `id, tenant_id AS "tenantId", (extract(epoch FROM occurred_at) * 1000)::float8 AS "atMs", status, code, model, limit_record AS "limit"`,
    );
    const [row] = isRequestId(input.id) ? await tx.$queryRawUnsafe<Row[]>(sql, ...values) : [];
    if (!row) {
      throw new Fault(
        'not_found',
        'There is no such call to your APIs. Calls appear a few seconds after they are answered.',
      );
    }
    const { atMs, status, code, model } = row;
    const limit = row.limit === null ? null : limitRecordSchema.parse(JSON.parse(row.limit));
    const budget =
      limit?.budgetId == null
        ? null
        : await tx.budget.findFirst({ where: { tenantId, id: limit.budgetId }, select: { slug: true, name: true } });
    const resetsAt = limit?.resetSeconds == null ? null : new Date(atMs + limit.resetSeconds * 1000).toISOString();
    return {
      id: input.id,
      at: new Date(atMs).toISOString(),
      status,
      code,
      model,
      limit: limit && { ...limit, budget, resetsAt },
    };
  },
});
