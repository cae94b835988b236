import type { Transaction } from '@parley/db/client';
import { z } from 'zod';
import { wrongField } from '../conflict.ts';
import { timeShape } from '../shapes.ts';
import { namedShape } from '../usage/names.ts';
import { rangeInput } from '../usage/window.ts';
import { defineVerb } from '../verb.ts';
import { chargedBy } from './charged.ts';
import { type CostFact, readCosts } from './cost-facts.ts';
import { costSplitInput, namesOfSplit, sumShape, sumsOf } from './cost-split.ts';
import { openCostWindow } from './cost-window.ts';

const rowShape = z.object({
  /** An id, a model’s name, an end user or a tag’s value; empty for calls without one, `*` for end users not kept apart. */
  key: z.string(),
  name: namedShape.nullable(),
  requests: z.number().int(),
  tokens: z.number().int(),
  costs: z.array(sumShape),
  /** Cost per step, in nano-units of `currency`. */
  points: z.array(z.string()),
  /** By consumer: what was charged to it in the range, by its ledger, and that less the cost; `null` where nothing is charged. */
  charged: sumShape.nullable(),
  marginNano: z.string().nullable(),
});

/** What calls to the tenant's APIs cost at providers, by one thing and over time. Read from hourly sums. */
export const reportCosts = defineVerb({
  name: 'costs.report',
  summary: 'Report provider cost by API, model, application, key, team, consumer, end user or tag, over time.',
  kind: 'read',
  access: 'budgets.read',
  rest: { method: 'GET', path: '/costs' },
  input: rangeInput.extend({
    ...costSplitInput,
    range: rangeInput.shape.range.unwrap().default('30d'),
    limit: z.coerce.number().int().min(1).max(500).default(50),
  }),
  output: z.object({
    from: timeShape,
    to: timeShape,
    steps: z.array(timeShape),
    /** The tenant’s own where it was used, else the first that was: what `points` are in. */
    currency: z.string(),
    rows: z.array(rowShape),
    /** Groups beyond `limit`, added up; `null` for none. */
    rest: z.object({ groups: z.number().int(), costs: z.array(sumShape) }).nullable(),
    total: z.object({ requests: z.number().int(), tokens: z.number().int(), costs: z.array(sumShape) }),
  }),
  run: async ({ tx, input, tenantId }) => {
    if (input.by === 'tag' && input.tag === undefined) throw wrongField('tag', 'Say which tag: its name.');
    const window = await openCostWindow(tx, input);
    const facts = await readCosts(tx, { tenantId, window, split: input.by, tag: input.tag ?? '' });
    const currency = await shownCurrency(tx, tenantId, facts);
    const groups = [...Map.groupBy(facts, ({ key }) => key)]
      .map(([key, group]) => ({ key, group, cost: costIn(group, currency) }))
      .sort((a, b) => (a.cost === b.cost ? a.key.localeCompare(b.key) : a.cost < b.cost ? 1 : -1));
    const shown = groups.slice(0, input.limit);
    const names = await namesOfSplit(
      tx,
      input.by,
      shown.map(({ key }) => key),
    );
    const charged =
      input.by === 'consumer' ? await chargedBy(tx, tenantId, window) : new Map<string, Map<string, bigint>>();
    const hidden = groups.slice(input.limit);
    return {
      from: new Date(window.fromMs).toISOString(),
      to: new Date(window.toMs).toISOString(),
      steps: window.startsMs.map((ms) => new Date(ms).toISOString()),
      currency,
      rows: shown.map(({ key, group, cost }) => {
        const nano = charged.get(key)?.get(currency);
        return {
          key,
          name: names.get(key) ?? null,
          ...sumsOf(group),
          points: pointsOf(group, window.startsMs, currency),
          charged: nano === undefined ? null : { currency, nano: nano.toString() },
          marginNano: nano === undefined ? null : (nano - cost).toString(),
        };
      }),
      rest:
        hidden.length === 0
          ? null
          : { groups: hidden.length, costs: sumsOf(hidden.flatMap(({ group }) => group)).costs },
      total: sumsOf(facts),
    };
  },
});

function costIn(facts: readonly CostFact[], currency: string): bigint {
  return facts.reduce((sum, fact) => (fact.currency === currency ? sum + fact.costNano : sum), 0n);
}

function pointsOf(facts: readonly CostFact[], startsMs: readonly number[], currency: string): string[] {
  const costs = new Map(facts.flatMap((fact) => (fact.currency === currency ? [[fact.atMs, fact.costNano]] : [])));
  return startsMs.map((ms) => (costs.get(ms) ?? 0n).toString());
}

async function shownCurrency(tx: Transaction, tenantId: string, facts: readonly CostFact[]): Promise<string> {
  const { currency } = await tx.tenant.findUniqueOrThrow({ where: { id: tenantId }, select: { currency: true } });
  const used = sumsOf(facts).costs.map((cost) => cost.currency);
  return used.includes(currency) ? currency : (used[0] ?? currency);
}
