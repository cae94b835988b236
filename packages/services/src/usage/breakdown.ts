import { z } from 'zod';
import { timeShape } from '../shapes.ts';
import { defineVerb } from '../verb.ts';
import { DIMENSION_NAMES } from './dimensions.ts';
import { readFacts } from './facts.ts';
import { figuresOf, figuresShape } from './figures-shape.ts';
import { freshnessOf, freshnessShape } from './freshness.ts';
import { namedShape, namesOf } from './names.ts';
import { usageFilterInput } from './usage-filter.ts';
import { openWindow, rangeInput } from './window.ts';

/** Usage of a range as a table: one row per API, application, model …, and totals that add up. */
export const usageBreakdown = defineVerb({
  name: 'usage.breakdown',
  summary: 'Break usage down by API, application, model, key, plan or consumer.',
  kind: 'read',
  access: 'usage.read',
  rest: { method: 'GET', path: '/usage/breakdown' },
  input: usageFilterInput.extend(rangeInput.shape).extend({
    by: z.enum(DIMENSION_NAMES),
    limit: z.coerce.number().int().min(1).max(500).default(100),
  }),
  output: z.object({
    from: timeShape,
    to: timeShape,
    rows: z.array(
      z.object({
        /** An id or a model's name; empty for calls without one. */
        key: z.string(),
        name: namedShape.nullable(),
        figures: figuresShape,
      }),
    ),
    /** All groups beyond `limit` together; `null` when none are left out. */
    other: figuresShape.nullable(),
    total: figuresShape,
    freshness: freshnessShape,
  }),
  run: async ({ tx, input, tenantId }) => {
    const window = await openWindow(tx, input);
    const facts = await readFacts(tx, { tenantId, filter: input, window, bySteps: false, dimension: input.by });
    const groups = [...Map.groupBy(facts, (fact) => fact.key)]
      .map(([key, group]) => ({ key, group, figures: figuresOf(group) }))
      .sort((a, b) => b.figures.requests - a.figures.requests || a.key.localeCompare(b.key));
    const shown = groups.slice(0, input.limit);
    const hidden = groups.slice(input.limit).flatMap(({ group }) => group);
    const names = await namesOf(
      tx,
      input.by,
      shown.map(({ key }) => key),
    );
    return {
      from: new Date(window.fromMs).toISOString(),
      to: new Date(window.toMs).toISOString(),
      rows: shown.map(({ key, figures }) => ({ key, name: names.get(key) ?? null, figures })),
      other: hidden.length > 0 ? figuresOf(hidden) : null,
      total: figuresOf(facts),
      freshness: await freshnessOf(tx, { tenantId, filter: input, window }),
    };
  },
});
