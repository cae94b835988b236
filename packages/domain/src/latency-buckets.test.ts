import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addBuckets,
  bucketOf,
  bucketStartUs,
  emptyBuckets,
  LATENCY_BUCKET_COUNT,
  LATENCY_BUCKET_FACTOR,
  percentile,
} from './latency-buckets.ts';

const durations = fc.array(fc.integer({ min: 100, max: 100_000_000 }), { minLength: 1, maxLength: 300 });

function histogram(values: readonly number[]): number[] {
  const buckets = emptyBuckets();
  for (const us of values) {
    const bucket = bucketOf(us);
    buckets[bucket] = (buckets[bucket] ?? 0) + 1;
  }
  return buckets;
}

describe('bucketOf', () => {
  it('puts every duration between its bucket’s start and the next one’s', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e12, noNaN: true }), (us) => {
        const bucket = bucketOf(us);
        expect(bucket).toBeGreaterThanOrEqual(0);
        expect(bucket).toBeLessThan(LATENCY_BUCKET_COUNT);
        expect(us).toBeGreaterThanOrEqual(bucketStartUs(bucket));
        if (bucket < LATENCY_BUCKET_COUNT - 1) expect(us).toBeLessThan(bucketStartUs(bucket + 1));
      }),
    );
  });

  it('starts a bucket exactly at its edge', () => {
    for (let bucket = 1; bucket < LATENCY_BUCKET_COUNT; bucket++) expect(bucketOf(bucketStartUs(bucket))).toBe(bucket);
  });

  it('takes what is no duration as 0 and what is endless as the last', () => {
    expect(bucketOf(-5)).toBe(0);
    expect(bucketOf(Number.NaN)).toBe(0);
    expect(bucketOf(Number.POSITIVE_INFINITY)).toBe(LATENCY_BUCKET_COUNT - 1);
  });

  it('reaches beyond the longest call a gateway allows to wait for headers', () => {
    expect(bucketStartUs(LATENCY_BUCKET_COUNT - 1)).toBeGreaterThan(100_000_000);
  });
});

describe('percentile', () => {
  it('is within one bucket’s width of the true percentile', () => {
    fc.assert(
      fc.property(durations, fc.constantFrom(0.5, 0.9, 0.95, 0.99), (values, p) => {
        const sorted = [...values].sort((a, b) => a - b);
        const truth = sorted[Math.max(Math.ceil(p * sorted.length) - 1, 0)] as number;
        const read = percentile(histogram(values), p) as number;
        expect(read).toBeLessThanOrEqual(truth * LATENCY_BUCKET_FACTOR + 1);
        expect(read).toBeGreaterThanOrEqual(truth / LATENCY_BUCKET_FACTOR - 1);
      }),
    );
  });

  it('rises with p and says nothing about an empty histogram', () => {
    const buckets = histogram([150, 2_000, 2_100, 90_000]);
    const read = [0.1, 0.5, 0.9, 1].map((p) => percentile(buckets, p) as number);
    expect([...read].sort((a, b) => a - b)).toEqual(read);
    expect(percentile(emptyBuckets(), 0.5)).toBeNull();
  });

  it('adds up: two histograms merged read as one of all values', () => {
    fc.assert(
      fc.property(durations, durations, (left, right) => {
        const merged = histogram(left);
        addBuckets(merged, histogram(right));
        expect(merged).toEqual(histogram([...left, ...right]));
      }),
    );
  });
});
