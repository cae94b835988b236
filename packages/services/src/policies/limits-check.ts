import { countedBy, isMetered, type LimitsPolicy } from '@parley/contracts/policies/limits';
import type { PolicyCheck } from './checks.ts';

/** Only calls to models have tokens and costs to count. */
export const limitsCheck: PolicyCheck<LimitsPolicy> = {
  problems: ({ rules }, kind) =>
    rules.flatMap((rule, at) => {
      if (kind !== 'rest' || !isMetered(countedBy(rule))) return [];
      const message = 'Calls of REST APIs have no tokens and no cost: count requests or requestBytes.';
      return [{ path: `rules.${at}.what`, message }];
    }),
};
