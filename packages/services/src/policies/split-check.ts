import type { SplitPolicy } from '@parley/contracts/policies/split';
import { regexProblem } from '@parley/domain/routing/predicates';
import type { PolicyCheck } from './checks.ts';

/** Variants and the mirror name upstreams; rules may hold regexes that are not of RE2's syntax. */
export const splitCheck: PolicyCheck<SplitPolicy> = {
  restOnly: 'Only the traffic of REST APIs can be split.',
  upstreams: ({ variants, mirror }) => [
    ...variants.map(({ upstream }, at) => ({ path: `variants.${at}.upstream`, upstream })),
    ...(mirror ? [{ path: 'mirror.upstream', upstream: mirror.upstream }] : []),
  ],
  problems: ({ conditions }) =>
    conditions.flatMap(({ when }, rule) =>
      when.flatMap(({ test, value }, at) => {
        const message = test === 'regex' ? regexProblem(value) : null;
        return message === null ? [] : [{ path: `conditions.${rule}.when.${at}.value`, message }];
      }),
    ),
};
