import type { Transaction } from '@parley/db/client';
import { z } from 'zod';
import { timeShape } from '../shapes.ts';
import { defineVerb } from '../verb.ts';
import { DIMENSION_NAMES, type Dimension } from './dimensions.ts';
import { type Fact, readFacts } from './facts.ts';
import { type Figures, figuresOf, figuresShape } from './figures-shape.ts';
import { freshnessOf, freshnessShape } from './freshness.ts';
import { type Named, namedShape, namesOf } from './names.ts';
import { usageFilterInput } from './usage-filter.ts';
import { openWindow, rangeInput, type Window, windowBefore } from './window.ts';

/** How a call ended, as a way to split: a call is in exactly one. */
const OUTCOMES = ['ok', 'client_error', 'limited', 'server_error'] as const;

const lineShape = z.object({
  /** An id, a model's name, an outcome; empty for calls without one; `other` for all groups beyond the largest. */
  key: z.string(),
  name: namedShape.nullable(),
  /** One per step, in the order of `steps`. */
  points: z.array(figuresShape),
  total: figuresShape,
});
type Line = z.output<typeof lineShape>;

/** Usage over time, by minute, hour or day as the range asks, split by one thing. */
export const usageSeries = defineVerb({
  name: 'usage.series',
  summary: 'Follow usage over time, split by API, application, model or outcome.',
  kind: 'read',
  access: 'usage.read',
  rest: { method: 'GET', path: '/usage/series' },
  input: usageFilterInput.extend(rangeInput.shape).extend({
    splitBy: z.enum([...DIMENSION_NAMES, 'outcome']).optional(),
    /** Lines beside `other`. */
    top: z.coerce.number().int().min(1).max(20).default(8),
    /** Latency percentiles of each point; they take most of the time where the range is long. */
    latency: z.stringbool().or(z.boolean()).default(true),
    /** Also the range before, in total. */
    compare: z.stringbool().or(z.boolean()).default(false),
  }),
  output: z.object({
    step: z.enum(['minute', 'hour', 'day']),
    /** Start of each step. */
    steps: z.array(timeShape),
    to: timeShape,
    lines: z.array(lineShape),
    previous: z.array(figuresShape).nullable(),
    freshness: freshnessShape,
  }),
  run: async ({ tx, input, tenantId }) => {
    const window = await openWindow(tx, input);
    const dimension = input.splitBy === undefined || input.splitBy === 'outcome' ? null : input.splitBy;
    const withoutLatency = !input.latency;
    const query = { tenantId, filter: input, bySteps: true, dimension, withoutLatency };
    const facts = await readFacts(tx, { ...query, window });
    const before = input.compare ? await windowBefore(tx, window) : null;
    return {
      step: window.step,
      steps: window.startsMs.map((ms) => new Date(ms).toISOString()),
      to: new Date(window.toMs).toISOString(),
      lines:
        input.splitBy === 'outcome'
          ? outcomeLines(facts, window)
          : await linesOf(tx, facts, { window, dimension, top: input.top }),
      previous: before ? pointsOf(await readFacts(tx, { ...query, dimension: null, window: before }), before) : null,
      freshness: await freshnessOf(tx, { tenantId, filter: input, window }),
    };
  },
});

async function linesOf(
  tx: Transaction,
  facts: readonly Fact[],
  { window, dimension, top }: { window: Window; dimension: Dimension | null; top: number },
): Promise<Line[]> {
  const groups = [...Map.groupBy(facts, (fact) => fact.key)].sort(([, a], [, b]) => requestsOf(b) - requestsOf(a));
  const rest = groups.slice(top).flatMap(([, group]) => group);
  const shown = rest.length > 0 ? [...groups.slice(0, top), ['other', rest] as const] : groups;
  const names = dimension
    ? await namesOf(
        tx,
        dimension,
        groups.slice(0, top).map(([key]) => key),
      )
    : new Map<string, Named>();
  return shown.map(([key, group]) => ({
    key,
    name: names.get(key) ?? null,
    points: pointsOf(group, window),
    total: figuresOf(group),
  }));
}

function requestsOf(facts: readonly Fact[]): number {
  return facts.reduce((sum, fact) => sum + fact.sums.requests, 0);
}

function pointsOf(facts: readonly Fact[], window: Window): Figures[] {
  const byStep = Map.groupBy(facts, (fact) => fact.atMs);
  return window.startsMs.map((ms) => figuresOf(byStep.get(ms) ?? []));
}

/** Only requests can be told apart by outcome: tokens, cost and latency are not kept by it. */
function outcomeLines(facts: readonly Fact[], window: Window): Line[] {
  const points = pointsOf(facts, window);
  const total = figuresOf(facts);
  const nothing = figuresOf([]);
  const only = (figures: Figures, outcome: (typeof OUTCOMES)[number]): Figures => ({
    ...nothing,
    requests: {
      ok: figures.requests - figures.clientErrors - figures.serverErrors,
      client_error: figures.clientErrors - figures.limited,
      limited: figures.limited,
      server_error: figures.serverErrors,
    }[outcome],
  });
  return OUTCOMES.map((key) => ({
    key,
    name: null,
    points: points.map((point) => only(point, key)),
    total: only(total, key),
  }));
}
