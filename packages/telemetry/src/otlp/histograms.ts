import { type Attributes, otlpAttributes, otlpTime } from './value.ts';

export interface HistogramSpec {
  readonly name: string;
  readonly unit: string;
  readonly description: string;
  /** Upper bounds of the buckets, each included in its bucket. */
  readonly bounds: readonly number[];
}

interface Series {
  readonly attributes: Attributes;
  readonly counts: number[];
  sum: number;
  count: number;
}

/** Sets of attributes a metric may have between two collections; what is beyond goes into one (OTel SDK, cardinality limits). */
const MOST_SERIES = 1000;
const OVERFLOW: Attributes = { 'otel.metric.overflow': true };

/** Histograms that are collected and begun anew (delta temporality), in OTLP's JSON. */
export class OtlpHistograms {
  readonly #specs: readonly HistogramSpec[];
  readonly #series: Map<string, Series>[];
  #sinceMs: number;

  constructor(specs: readonly HistogramSpec[], nowMs: number) {
    this.#specs = specs;
    this.#series = specs.map(() => new Map<string, Series>());
    this.#sinceMs = nowMs;
  }

  /** Notes a value in the histogram at this place among the specs. */
  record(at: number, value: number, attributes: Attributes): void {
    const spec = this.#specs[at];
    const all = this.#series[at];
    if (spec === undefined || all === undefined) return;
    let key = JSON.stringify(attributes);
    const full = all.size >= MOST_SERIES && !all.has(key);
    if (full) key = '';
    let series = all.get(key);
    if (series === undefined) {
      const counts = Array.from({ length: spec.bounds.length + 1 }, () => 0);
      series = { attributes: full ? OVERFLOW : attributes, counts, sum: 0, count: 0 };
      all.set(key, series);
    }
    let bucket = 0;
    while (bucket < spec.bounds.length && value > (spec.bounds[bucket] ?? 0)) bucket++;
    series.counts[bucket] = (series.counts[bucket] ?? 0) + 1;
    series.sum += value;
    series.count++;
  }

  /** What was noted since the last time; empty for nothing. */
  collect(nowMs: number): object[] {
    const [startTimeUnixNano, timeUnixNano] = [otlpTime(this.#sinceMs), otlpTime(nowMs)];
    this.#sinceMs = nowMs;
    return this.#specs.flatMap(({ name, unit, description, bounds }, at) => {
      const all = this.#series[at] as Map<string, Series>;
      if (all.size === 0) return [];
      const dataPoints = [...all.values()].map((series) => ({
        attributes: otlpAttributes(series.attributes),
        startTimeUnixNano,
        timeUnixNano,
        count: String(series.count),
        sum: series.sum,
        bucketCounts: series.counts.map(String),
        explicitBounds: bounds,
      }));
      all.clear();
      // 1: AGGREGATION_TEMPORALITY_DELTA.
      return [{ name, unit, description, histogram: { aggregationTemporality: 1, dataPoints } }];
    });
  }
}
