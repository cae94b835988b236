import { TAG_NAME } from '@parley/contracts/attribution';
import type { Transaction } from '@parley/db/client';
import { z } from 'zod';
import { namesOf } from '../usage/names.ts';
import { COST_SPLITS, type CostFact, type CostSplit } from './cost-facts.ts';

/** An amount of one currency, in nano-units. */
export const sumShape = z.object({ currency: z.string(), nano: z.string() });

/** By what costs are split. */
export const costSplitInput = {
  by: z.enum(COST_SPLITS).default('api'),
  /** With `by` = `tag`: which. */
  tag: z.string().trim().toLowerCase().regex(TAG_NAME, 'Small letters, digits, `_`, `.` and `-`.').optional(),
};

/** What facts add up to, each currency by itself. */
export function sumsOf(facts: readonly CostFact[]): {
  requests: number;
  tokens: number;
  costs: z.output<typeof sumShape>[];
} {
  const costs = new Map<string, bigint>();
  let [requests, tokens] = [0, 0];
  for (const fact of facts) {
    requests += fact.requests;
    tokens += fact.tokens;
    if (fact.costNano !== 0n) costs.set(fact.currency, (costs.get(fact.currency) ?? 0n) + fact.costNano);
  }
  const list = [...costs].map(([currency, nano]) => ({ currency, nano: nano.toString() }));
  return { requests, tokens, costs: list.sort((a, b) => a.currency.localeCompare(b.currency)) };
}

/** What groups are called. */
export async function namesOfSplit(
  tx: Transaction,
  by: CostSplit,
  keys: readonly string[],
): ReturnType<typeof namesOf> {
  if (by === 'endUser' || by === 'tag') {
    return new Map(keys.map((key) => [key, { id: key, name: key, slug: null }]));
  }
  if (by !== 'team') return namesOf(tx, by, keys);
  const ids = keys.filter((key) => key !== '');
  const teams = await tx.team.findMany({ where: { id: { in: ids } }, select: { id: true, name: true, slug: true } });
  return new Map(teams.map((team) => [team.id, team]));
}
