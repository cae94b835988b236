import { addBuckets, bucketOf, emptyBuckets, percentile } from '@parley/domain/latency-buckets';
import type { CanaryTally } from '@parley/domain/routing/canary';

const SLICES = 6;
const SLICE_MS = 10_000;

interface Slice {
  slot: number;
  calls: number;
  errors: number;
  latencies: number[];
}

/** One side's calls of the last minute, in slices of ten seconds. */
export class CanaryWindow {
  readonly #slices: Slice[] = Array.from({ length: SLICES }, () => ({
    slot: -1,
    calls: 0,
    errors: 0,
    latencies: emptyBuckets(),
  }));

  add(failed: boolean, latencyUs: number, nowMs: number): void {
    const slot = Math.floor(nowMs / SLICE_MS);
    const slice = this.#slices[slot % SLICES] as Slice;
    if (slice.slot !== slot) {
      slice.slot = slot;
      slice.calls = 0;
      slice.errors = 0;
      slice.latencies.fill(0);
    }
    const bucket = bucketOf(latencyUs);
    slice.calls++;
    if (failed) slice.errors++;
    slice.latencies[bucket] = (slice.latencies[bucket] as number) + 1;
  }

  tally(nowMs: number): CanaryTally {
    const oldest = Math.floor(nowMs / SLICE_MS) - SLICES;
    const latencies = emptyBuckets();
    let calls = 0;
    let errors = 0;
    for (const slice of this.#slices) {
      if (slice.slot <= oldest) continue;
      calls += slice.calls;
      errors += slice.errors;
      addBuckets(latencies, slice.latencies);
    }
    return { calls, errors, p95Us: percentile(latencies, 0.95) };
  }
}
