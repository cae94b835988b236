import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

type Labels = Readonly<Record<string, string>>;

export interface CounterMetric {
  add(by?: number, labels?: Labels): void;
}
export interface GaugeMetric {
  set(value: number, labels?: Labels): void;
}
export interface HistogramMetric {
  /** Seconds, as Prometheus' conventions ask. */
  observe(seconds: number, labels?: Labels): void;
}

/** Makes metrics by name (Prometheus' naming: `parley_<what>_<unit>`). A label's values must be few and known. */
export interface Metrics {
  counter(name: string, help: string, labelNames?: readonly string[]): CounterMetric;
  gauge(name: string, help: string, labelNames?: readonly string[]): GaugeMetric;
  histogram(name: string, help: string, labelNames?: readonly string[]): HistogramMetric;
  /** The exposition text and its content type. */
  expose(): Promise<{ contentType: string; text: string }>;
}

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** Metrics held in a registry of their own, with Node's process metrics. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const settings = (name: string, help: string, labelNames: readonly string[]) => ({
    name,
    help,
    labelNames: [...labelNames],
    registers: [registry],
  });
  return {
    counter(name, help, labelNames = []) {
      const counter = new Counter(settings(name, help, labelNames));
      return { add: (by = 1, labels = {}) => counter.inc(labels, by) };
    },
    gauge(name, help, labelNames = []) {
      const gauge = new Gauge(settings(name, help, labelNames));
      return { set: (value, labels = {}) => gauge.set(labels, value) };
    },
    histogram(name, help, labelNames = []) {
      const histogram = new Histogram({ ...settings(name, help, labelNames), buckets: SECONDS });
      return { observe: (seconds, labels = {}) => histogram.observe(labels, seconds) };
    },
    async expose() {
      return { contentType: registry.contentType, text: await registry.metrics() };
    },
  };
}

/** Counts nothing. */
export const noopMetrics: Metrics = {
  counter: () => ({ add() {} }),
  gauge: () => ({ set() {} }),
  histogram: () => ({ observe() {} }),
  expose: async () => ({ contentType: 'text/plain', text: '' }),
};
