import { hierarchical } from './hierarchical.ts';
import { none, sliding, truncate } from './in-order.ts';
import { relevance } from './relevance.ts';
import type { Strategy } from './strategy.ts';
import { summarise } from './summarise.ts';

/** CP-6.5: how what does not fit is left out. */
export const STRATEGIES = { none, truncate, sliding, relevance, hierarchical, summarise } satisfies Readonly<
  Record<string, Strategy>
>;
export type StrategyName = keyof typeof STRATEGIES;
export const STRATEGY_NAMES = Object.keys(STRATEGIES) as [StrategyName, ...StrategyName[]];
