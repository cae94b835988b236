import type { Transaction } from '@parley/db/client';
import { z } from 'zod';
import { callsWithin } from '../usage/facts.ts';
import { SqlValues } from '../usage/sql-values.ts';

/** The newest calls that are compared. */
export const MOST_CALLS = 100_000;

const count = z.number().int();

/** How the calls of one variant of an experiment went. */
export const experimentFigures = z.object({
  calls: count,
  /** Not answered as asked: refused, failed, or broken off by the upstream. */
  failed: count,
  /** Decimal text of nano-units; all of them together. */
  costNano: z.string(),
  /** The currency of the cost; `null` without calls that cost, or when there are several. */
  currency: z.string().nullable(),
  /** Door to last byte, and to the first streamed token; microseconds, `null` without any. */
  p50Us: z.number().nullable(),
  p95Us: z.number().nullable(),
  firstTokenP50Us: z.number().nullable(),
  inputTokens: z.number(),
  outputTokens: z.number(),
  /** Answers that fitted their output schema at once, when asked once more, and not at all. */
  fitted: count,
  repaired: count,
  unfit: count,
  /** What callers said, 0 (bad) to 1 (good). */
  feedback: z.object({ count, average: z.number().nullable() }),
});
export type ExperimentFigures = z.output<typeof experimentFigures>;

const NOTHING: ExperimentFigures = {
  calls: 0,
  failed: 0,
  costNano: '0',
  currency: null,
  p50Us: null,
  p95Us: null,
  firstTokenP50Us: null,
  inputTokens: 0,
  outputTokens: 0,
  fitted: 0,
  repaired: 0,
  unfit: 0,
  feedback: { count: 0, average: null },
};

type Row = Omit<ExperimentFigures, 'feedback'> & { readonly variant: string };

/** What the newest calls of a version's variants add up to, and what their callers said of them. */
export async function readExperimentFacts(
  tx: Transaction,
  query: { tenantId: string; apiVersionId: string; fromMs: number; toMs: number },
): Promise<{ of: (variant: string) => ExperimentFigures; calls: number }> {
  const values = new SqlValues();
  const rows = await tx.$queryRawUnsafe<Row[]>(
    `SELECT variant, count(*)::int AS calls,
       (count(*) FILTER (WHERE status >= 400 OR code IS NOT NULL OR aborted_by = 'upstream'))::int AS failed,
       sum(cost_nano)::text AS "costNano",
       CASE WHEN count(DISTINCT currency) FILTER (WHERE cost_nano > 0) = 1
         THEN min(currency) FILTER (WHERE cost_nano > 0) END AS currency,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY duration_us)::float8 AS "p50Us",
       percentile_cont(0.95) WITHIN GROUP (ORDER BY duration_us)::float8 AS "p95Us",
       (percentile_cont(0.5) WITHIN GROUP (ORDER BY ttft_us) FILTER (WHERE ttft_us IS NOT NULL))::float8 AS "firstTokenP50Us",
       sum(input_tokens)::float8 AS "inputTokens", sum(output_tokens)::float8 AS "outputTokens",
       (count(*) FILTER (WHERE output_check = 'first'))::int AS fitted,
       (count(*) FILTER (WHERE output_check = 'repaired'))::int AS repaired,
       (count(*) FILTER (WHERE output_check = 'failed'))::int AS unfit
     FROM (SELECT * FROM usage_events
       WHERE tenant_id = ${values.add(query.tenantId, 'uuid')} AND variant IS NOT NULL
         AND api_version_id = ${values.add(query.apiVersionId, 'uuid')}
         AND ${callsWithin(query.fromMs, query.toMs, values)}
       ORDER BY event_day DESC, id DESC LIMIT ${values.add(MOST_CALLS, 'int')}) AS newest
     GROUP BY 1`,
    ...values.list,
  );
  const said = await tx.$queryRaw<{ variant: string; count: number; average: number }[]>`
    SELECT variant, count(*)::int AS count, avg(score)::float8 AS average FROM feedback
    WHERE tenant_id = ${query.tenantId}::uuid AND api_version_id = ${query.apiVersionId}::uuid
      AND given_at >= ${new Date(query.fromMs)} AND variant IS NOT NULL GROUP BY 1`;
  return {
    of: (name) => {
      const row = rows.find(({ variant }) => variant === name);
      const words = said.find(({ variant }) => variant === name);
      const feedback = words ? { count: words.count, average: words.average } : NOTHING.feedback;
      if (!row) return { ...NOTHING, feedback };
      const { variant: _, ...figures } = row;
      return { ...figures, feedback };
    },
    calls: rows.reduce((sum, { calls }) => sum + calls, 0),
  };
}
