import type { HistogramMetric, Metrics } from '@parley/telemetry/metrics';
import type { Ports } from '../ports.ts';
import type { DocumentKind } from './store.ts';

const histograms = new WeakMap<Metrics, HistogramMetric>();

/** Records how long a change took from its commit in the portal to its document being published. */
export function measurePublish(ports: Ports, kind: DocumentKind, sinceMs: number): void {
  let histogram = histograms.get(ports.metrics);
  if (!histogram) {
    histogram = ports.metrics.histogram(
      'parley_snapshot_publish_seconds',
      'From a change being stored to its document being published to the gateways.',
      ['kind'],
    );
    histograms.set(ports.metrics, histogram);
  }
  histogram.observe(Math.max(ports.clock.nowMs() - sinceMs, 0) / 1000, { kind });
}
