import { z } from 'zod';
import { timeShape } from '../shapes.ts';
import { defineVerb } from '../verb.ts';
import { readFacts } from './facts.ts';
import { figuresOf, figuresShape } from './figures-shape.ts';
import { freshnessOf, freshnessShape } from './freshness.ts';
import { usageFilterInput } from './usage-filter.ts';
import { openWindow, rangeInput, windowBefore } from './window.ts';

/** What a range of usage adds up to, beside the range of the same length before it. */
export const usageSummary = defineVerb({
  name: 'usage.summary',
  summary: 'Add up requests, errors, latency, tokens and cost over a range, with the range before it.',
  kind: 'read',
  access: 'usage.read',
  rest: { method: 'GET', path: '/usage/summary' },
  input: usageFilterInput.extend(rangeInput.shape),
  output: z.object({
    from: timeShape,
    to: timeShape,
    current: figuresShape,
    previous: figuresShape,
    freshness: freshnessShape,
  }),
  run: async ({ tx, input, tenantId }) => {
    const window = await openWindow(tx, input);
    const query = { tenantId, filter: input, bySteps: false, dimension: null };
    return {
      from: new Date(window.fromMs).toISOString(),
      to: new Date(window.toMs).toISOString(),
      current: figuresOf(await readFacts(tx, { ...query, window })),
      previous: figuresOf(await readFacts(tx, { ...query, window: await windowBefore(tx, window) })),
      freshness: await freshnessOf(tx, { tenantId, filter: input, window }),
    };
  },
});
