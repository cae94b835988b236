import type { Transaction } from '@parley/db/client';
import { z } from 'zod';
import { type Named, namedShape, namesOf } from '../usage/names.ts';
import { defineVerb } from '../verb.ts';
import { sumShape } from './cost-split.ts';
import {
  MARGIN_LINES,
  MARGIN_SPLITS,
  type MarginFact,
  type MarginSplit,
  readCorrections,
  readCostsByMonth,
  readRevenue,
} from './margin-facts.ts';
import { monthRange, monthShape } from './month-range.ts';

const nano = z.string();
const sumsShape = z.object({ revenueNano: nano, costNano: nano, marginNano: nano });
type Sums = z.output<typeof sumsShape>;

const rowShape = sumsShape.extend({
  /** `group`: of what was asked for. Others belong to no single one of them and are never spread over them; `rest`: groups beyond `limit`. */
  line: z.enum([...MARGIN_LINES, 'rest']),
  /** An id or a model’s name; empty for calls without one, and on lines that are no group. */
  key: z.string(),
  name: namedShape.nullable(),
  /** In the order of `months`. */
  byMonth: z.array(sumsShape),
});

/** What was charged less what providers cost, in the publisher's months and currency. */
export const reportMargin = defineVerb({
  name: 'costs.margin',
  summary:
    'Report what customers were charged, what providers cost and the margin, by API, plan, customer or model, and by month.',
  kind: 'read',
  access: 'billing.read',
  rest: { method: 'GET', path: '/costs/margin' },
  input: z.object({
    by: z.enum(MARGIN_SPLITS).default('api'),
    /** First and last month, `2026-06` to `2026-11`; at most 24. Without: the last six. */
    from: monthShape.optional(),
    to: monthShape.optional(),
    limit: z.coerce.number().int().min(1).max(500).default(100),
  }),
  output: z.object({
    /** The publisher’s, as all amounts here. */
    currency: z.string(),
    months: z.array(z.string()),
    rows: z.array(rowShape),
    total: sumsShape.extend({ byMonth: z.array(sumsShape) }),
    /** Costs in other currencies, in no sum above. */
    otherCosts: z.array(sumShape),
  }),
  run: async ({ tx, input, tenantId }) => {
    const { timezone, currency } = await tx.tenant.findUniqueOrThrow({
      where: { id: tenantId },
      select: { timezone: true, currency: true },
    });
    const months = monthRange(input, timezone);
    const query = { tenantId, by: input.by, months, timeZone: timezone, currency };
    const costs = await readCostsByMonth(tx, query);
    const facts = [...(await readRevenue(tx, query)), ...(await readCorrections(tx, query)), ...costs.facts];
    const names = months.map(({ name }) => name);
    const rows = rowsOf(facts, names);
    const groups = rows.filter(({ line }) => line === 'group');
    const hidden = new Set(groups.slice(input.limit));
    const called = await namesOfMargin(
      tx,
      input.by,
      groups.slice(0, input.limit).map(({ key }) => key),
    );
    const rest = [...hidden].flatMap(({ facts: of }) => of);
    return {
      currency,
      months: names,
      rows: [
        ...rows.filter((row) => !hidden.has(row)),
        ...(rest.length > 0 ? [{ line: 'rest' as const, key: '', facts: rest }] : []),
      ].map(({ line, key, facts: of }) => ({
        line,
        key,
        name: line === 'group' ? (called.get(key) ?? null) : null,
        ...summed(of, names),
      })),
      total: summed(facts, names),
      otherCosts: [...costs.others].map(([other, amount]) => ({ currency: other, nano: amount.toString() })),
    };
  },
});

interface Row {
  readonly line: MarginFact['line'];
  readonly key: string;
  readonly facts: readonly MarginFact[];
}

/** Groups by what they brought, then by what they cost, the most first; then what is of none, in its own order. */
function rowsOf(facts: readonly MarginFact[], months: readonly string[]): Row[] {
  return [...Map.groupBy(facts, ({ line, key }) => `${line} ${key}`).values()]
    .flatMap((of): (Row & { sums: Sums })[] => {
      const [first] = of;
      return first ? [{ line: first.line, key: first.key, facts: of, sums: summed(of, months) }] : [];
    })
    .sort(
      (a, b) =>
        MARGIN_LINES.indexOf(a.line) - MARGIN_LINES.indexOf(b.line) ||
        compare(b.sums.revenueNano, a.sums.revenueNano) ||
        compare(b.sums.costNano, a.sums.costNano) ||
        a.key.localeCompare(b.key),
    );
}

function compare(a: string, b: string): number {
  return BigInt(a) < BigInt(b) ? -1 : BigInt(a) > BigInt(b) ? 1 : 0;
}

function summed(facts: readonly MarginFact[], months: readonly string[]): Sums & { byMonth: Sums[] } {
  const of = Map.groupBy(facts, ({ month }) => month);
  return { ...sumsOf(facts), byMonth: months.map((month) => sumsOf(of.get(month) ?? [])) };
}

function sumsOf(facts: readonly MarginFact[]): Sums {
  let [revenue, cost] = [0n, 0n];
  for (const { revenueNano, costNano } of facts) {
    revenue += revenueNano;
    cost += costNano;
  }
  return { revenueNano: revenue.toString(), costNano: cost.toString(), marginNano: (revenue - cost).toString() };
}

function namesOfMargin(tx: Transaction, by: MarginSplit, keys: readonly string[]): Promise<ReadonlyMap<string, Named>> {
  return namesOf(tx, by === 'customer' ? 'consumer' : by, keys);
}
