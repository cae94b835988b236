import { z } from 'zod';
import { callsWithin } from '../usage/facts.ts';
import { SqlValues } from '../usage/sql-values.ts';
import { defineVerb } from '../verb.ts';
import { findVersion } from './version-shape.ts';

const WINDOW_MS = 7 * 86_400_000;
/** Calls with a kept answer of the same meaning that are added up; the newest. */
const MOST_CALLS = 50_000;
/** From where on two answers count as alike. */
const ALIKE = 0.8;
/** Where the bands of closeness begin, from the closest down. */
const BANDS = [0.98, 0.95, 0.92, 0.85, 0];

interface Row {
  from: number;
  served: number;
  trials: number;
  alike: number;
  compared: number;
  agreement: number | null;
}

/** What the model cache found of the same meaning in the last seven days: given, and on trial with how alike the answers were. */
export const cacheByMeaning = defineVerb({
  name: 'apiVersions.cacheByMeaning',
  summary: 'Read how well a version’s model cache tells what questions mean: hits, and trials by closeness.',
  kind: 'read',
  access: 'usage.read',
  rest: { method: 'GET', path: '/apis/{api}/versions/{version}/cache-by-meaning' },
  input: z.object({ api: z.string(), version: z.string() }),
  output: z.object({
    /** More calls than are added up: only the newest are. */
    cut: z.boolean(),
    /** By how close the question was to the kept one, the closest first. */
    bands: z.array(
      z.object({
        /** Closeness from which on, 0 to 1. */
        from: z.number(),
        /** Calls that got the kept answer. */
        served: z.number().int(),
        /** Calls whose model was asked all the same. */
        trials: z.number().int(),
        /** Trials whose two answers could be compared, and of these those that were alike (0.8 or more). */
        compared: z.number().int(),
        alike: z.number().int(),
        /** Their likeness on average, -1 to 1; `null` for none. */
        agreement: z.number().nullable(),
      }),
    ),
  }),
  async run({ tx, input, tenantId }) {
    const { row } = await findVersion(tx, tenantId, input.api, input.version);
    const now = Date.now();
    const values = new SqlValues();
    const band = BANDS.map((from) => `WHEN closeness >= ${from} THEN ${from}`).join(' ');
    const rows = await tx.$queryRawUnsafe<Row[]>(
      `SELECT (CASE ${band} ELSE 0 END)::float8 AS "from", count(*) FILTER (WHERE cache = 'semantic')::int AS served,
         count(*) FILTER (WHERE cache IS DISTINCT FROM 'semantic')::int AS trials,
         count(agreement)::int AS compared, count(*) FILTER (WHERE agreement >= ${ALIKE})::int AS alike,
         avg(agreement)::float8 AS agreement
       FROM (SELECT cache, (semantic::jsonb ->> 'closeness')::float8 AS closeness, (semantic::jsonb ->> 'agreement')::float8 AS agreement
         FROM usage_events
         WHERE tenant_id = ${values.add(tenantId, 'uuid')} AND semantic IS NOT NULL
           AND api_version_id = ${values.add(row.id, 'uuid')} AND ${callsWithin(now - WINDOW_MS, now + 60_000, values)}
         ORDER BY event_day DESC, id DESC LIMIT ${values.add(MOST_CALLS, 'int')}) AS newest
       GROUP BY 1`,
      ...values.list,
    );
    const none = { served: 0, trials: 0, compared: 0, alike: 0, agreement: null };
    const bands = BANDS.map((from) => rows.find((one) => one.from === from) ?? { from, ...none });
    const counted = bands.reduce((sum, { served, trials }) => sum + served + trials, 0);
    return { cut: counted >= MOST_CALLS, bands };
  },
});
