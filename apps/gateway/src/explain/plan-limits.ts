import type { Exchange } from '../exchange.ts';

/** What the plan of a call lets through, in a sentence. */
export function planLimits({ plan }: Exchange): string {
  const limits = plan?.limits ?? [];
  if (limits.length === 0) return `The plan “${plan?.slug ?? ''}” has no limits.`;
  const each = limits.map(({ requests, windowSeconds }) => `${requests} requests in ${windowSeconds} s`);
  return `The plan “${plan?.slug ?? ''}” lets through ${each.join(' and ')}; a dry run is not counted.`;
}
