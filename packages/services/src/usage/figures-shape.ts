import { emptyBuckets, percentile } from '@parley/domain/latency-buckets';
import { z } from 'zod';
import { addFact, type Fact, type Sums } from './facts.ts';

const count = z.number().int();
/** Microseconds; `null` where there is nothing to measure. */
const duration = z.number().int().nullable();

/** What a group of calls adds up to. */
export const figuresShape = z.object({
  requests: count,
  /** Answered with 4xx, 429 included. */
  clientErrors: count,
  /** Answered with 5xx. */
  serverErrors: count,
  /** Answered with 429. */
  limited: count,
  /** All input, cached included; all output, reasoning included. */
  inputTokens: count,
  cachedInputTokens: count,
  outputTokens: count,
  reasoningTokens: count,
  requestBytes: count,
  responseBytes: count,
  /** Door to last byte of all calls together, in microseconds. */
  durationUs: count,
  /** One per currency, in nano-units, as decimal text. */
  costs: z.array(z.object({ currency: z.string(), nano: z.string() })),
  latencyUs: z.object({ p50: duration, p95: duration, p99: duration }),
  /** Time to the first token, of streamed calls. */
  ttftUs: z.object({ p50: duration, p95: duration, p99: duration }),
});
export type Figures = z.output<typeof figuresShape>;

/** Adds facts up to figures, whatever their step and group. */
export function figuresOf(facts: readonly Fact[]): Figures {
  const total = { sums: noSums(), latency: emptyBuckets(), ttft: emptyBuckets() };
  const costs = new Map<string, bigint>();
  for (const fact of facts) {
    addFact(total, fact);
    costs.set(fact.currency, (costs.get(fact.currency) ?? 0n) + fact.sums.costNano);
  }
  const { costNano: _mixed, ...sums } = total.sums;
  return {
    ...sums,
    costs: [...costs]
      .filter(([, nano]) => nano > 0n)
      .sort(([a], [b]) => a.localeCompare(b))
      .map(([currency, nano]) => ({ currency, nano: nano.toString() })),
    latencyUs: percentiles(total.latency),
    ttftUs: percentiles(total.ttft),
  };
}

function percentiles(buckets: readonly number[]): Figures['latencyUs'] {
  return { p50: percentile(buckets, 0.5), p95: percentile(buckets, 0.95), p99: percentile(buckets, 0.99) };
}

function noSums(): Sums {
  return {
    requests: 0,
    clientErrors: 0,
    serverErrors: 0,
    limited: 0,
    inputTokens: 0,
    cachedInputTokens: 0,
    outputTokens: 0,
    reasoningTokens: 0,
    requestBytes: 0,
    responseBytes: 0,
    durationUs: 0,
    costNano: 0n,
  };
}
