import { formatAmount } from '@parley/kernel/money';
import { z } from 'zod';
import { wrongField } from '../conflict.ts';
import { cell } from '../text/csv-cell.ts';
import { NIL_ID } from '../usage/dimensions.ts';
import { namesOf } from '../usage/names.ts';
import { SqlValues } from '../usage/sql-values.ts';
import { rangeInput } from '../usage/window.ts';
import { defineVerb } from '../verb.ts';
import { openCostWindow } from './cost-window.ts';

/** Lines of one file. */
const AT_MOST = 100_000;

interface Row {
  readonly day: string;
  readonly consumer: string;
  readonly team: string | null;
  readonly application: string;
  readonly key: string;
  readonly api: string;
  readonly model: string;
  readonly currency: string;
  readonly requests: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cost: string;
}

const FIELDS = [
  'day',
  'consumer',
  'team',
  'application',
  'application_id',
  'key',
  'key_id',
  'api',
  'model',
  'requests',
  'input_tokens',
  'output_tokens',
  'cost',
  'cost_nano',
  'currency',
] as const;

/** A charge-back: provider cost by day and by whom, for a spreadsheet (CSV) or a warehouse (JSON lines, one flat object each). */
export const exportCosts = defineVerb({
  name: 'costs.export',
  summary: `Export provider cost by day, consumer, team, application, key, API and model, as CSV or JSON lines; at most ${AT_MOST.toLocaleString('en')} lines.`,
  kind: 'read',
  access: 'budgets.read',
  rest: { method: 'GET', path: '/costs/export' },
  input: rangeInput.extend({
    range: rangeInput.shape.range.unwrap().default('30d'),
    format: z.enum(['csv', 'jsonl']).default('csv'),
  }),
  output: z.object({ fileName: z.string(), text: z.string(), count: z.number().int() }),
  run: async ({ tx, input, tenantId }) => {
    const window = await openCostWindow(tx, input);
    const values = new SqlValues();
    const zone = values.add(input.timeZone, 'text');
    const tenant = values.add(tenantId, 'uuid');
    const rows = await tx.$queryRawUnsafe<Row[]>(
      // Summed first, by what is stored; only sums are named and written as text.
      `SELECT to_char(u.day AT TIME ZONE ${zone}, 'YYYY-MM-DD') AS day, u.consumer_tenant_id::text AS consumer, a.team_id::text AS team,
         u.application_id::text AS application, u.key_id::text AS key, u.api_id::text AS api, u.model, u.currency,
         u.requests, u.input_tokens AS "inputTokens", u.output_tokens AS "outputTokens", u.cost
       FROM (
         SELECT date_trunc('day', hour, ${zone}) AS day, consumer_tenant_id, application_id, key_id, api_id, model, currency,
           sum(requests)::float8 AS requests, sum(input_tokens)::float8 AS input_tokens, sum(output_tokens)::float8 AS output_tokens,
           sum(cost_nano)::text AS cost
         FROM usage_rollups WHERE tenant_id = ${tenant} AND hour >= ${values.add(new Date(window.fromMs).toISOString(), 'timestamptz')}
           AND hour < ${values.add(new Date(window.toMs).toISOString(), 'timestamptz')}
         GROUP BY 1, 2, 3, 4, 5, 6, 7
       ) u
       LEFT JOIN applications a ON a.tenant_id = ${tenant} AND a.id = u.application_id AND u.consumer_tenant_id = ${tenant}
       ORDER BY 1, 2, 4, 5, 6, 7, 8 LIMIT ${values.add(AT_MOST + 1, 'int')}`,
      ...values.list,
    );
    if (rows.length > AT_MOST)
      throw wrongField('range', `More than ${AT_MOST.toLocaleString('en')} lines: choose a shorter time.`);
    const nameOf = async (by: 'consumer' | 'application' | 'key' | 'api') =>
      namesOf(
        tx,
        by,
        rows.map((row) => row[by]),
      );
    const consumers = await nameOf('consumer');
    const applications = await nameOf('application');
    const keys = await nameOf('key');
    const apis = await nameOf('api');
    const teamIds = [...new Set(rows.flatMap(({ team }) => team ?? []))];
    const teams = new Map(
      (await tx.team.findMany({ where: { id: { in: teamIds } } })).map(({ id, slug }) => [id, slug] as const),
    );
    const lines = rows.map((row) => ({
      day: row.day,
      consumer: consumers.get(row.consumer)?.slug ?? row.consumer,
      team: row.team === null ? null : (teams.get(row.team) ?? row.team),
      application: applications.get(row.application)?.slug ?? null,
      application_id: row.application,
      key: keys.get(row.key)?.name ?? null,
      key_id: row.key,
      api: row.api === NIL_ID ? null : (apis.get(row.api)?.slug ?? row.api),
      model: row.model || null,
      requests: row.requests,
      input_tokens: row.inputTokens,
      output_tokens: row.outputTokens,
      cost: formatAmount(BigInt(row.cost)),
      cost_nano: row.cost,
      currency: row.currency,
    }));
    const dayFormat = new Intl.DateTimeFormat('sv-SE', { timeZone: input.timeZone, dateStyle: 'short' });
    const text =
      input.format === 'jsonl'
        ? lines.map((line) => `${JSON.stringify(line)}\n`).join('')
        : [FIELDS, ...lines.map((line) => FIELDS.map((field) => cell(line[field])))]
            .map((line) => `${line.join(',')}\r\n`)
            .join('');
    return {
      fileName: `costs-${dayFormat.format(window.fromMs)}-${dayFormat.format(window.toMs - 1)}.${input.format}`,
      text,
      count: lines.length,
    };
  },
});
