import type { UsageEvent } from '@parley/contracts/usage-event';
import { errorClassOf } from '@parley/domain/error-class';
import type { Logger } from '@parley/telemetry/logger';
import { OtlpExporter, type OtlpTarget } from '@parley/telemetry/otlp/exporter';
import { type HistogramSpec, OtlpHistograms } from '@parley/telemetry/otlp/histograms';
import { otlpAttributes } from '@parley/telemetry/otlp/value';
import type { Exchange } from '../exchange.ts';
import { commonAttributes, operationName } from './gen-ai.ts';
import type { CallObserver } from './observer.ts';
import { type EndedCall, spansOf } from './spans.ts';
import { passTraceOn, takeTrace } from './trace-context.ts';

export interface OtelOptions extends OtlpTarget {
  readonly serviceName: string;
  /** Share of calls without a trace of their own that are traced. */
  readonly share: number;
  readonly node: string;
  readonly log: Logger;
  /** How often batches leave; 5 s unless told. */
  readonly everyMs?: number;
}

/** The metrics and their bounds as the semantic conventions have them; by place in this list. */
const METRICS: readonly HistogramSpec[] = [
  {
    name: 'gen_ai.client.token.usage',
    unit: '{token}',
    description: 'Number of input and output tokens used.',
    bounds: [1, 4, 16, 64, 256, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216, 67_108_864],
  },
  {
    name: 'gen_ai.client.operation.duration',
    unit: 's',
    description: 'GenAI operation duration.',
    bounds: [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92],
  },
  {
    name: 'gen_ai.server.time_to_first_token',
    unit: 's',
    description: 'Time to generate first token for successful responses.',
    bounds: [0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
  },
];
const [TOKENS, DURATION, FIRST_TOKEN] = [0, 1, 2];

const SCOPE = { name: 'parley.gateway' };

/** Hands calls to an OpenTelemetry collector as spans and metrics; everything but taking note is done by a timer. */
export class OtelObserver implements CallObserver {
  readonly #share: number;
  readonly #spans: OtlpExporter<EndedCall>;
  readonly #metrics: OtlpExporter<object>;
  readonly #histograms = new OtlpHistograms(METRICS, Date.now());
  readonly #timer: NodeJS.Timeout;

  constructor({ serviceName, share, node, log, everyMs = 5000, endpoint, headers }: OtelOptions) {
    this.#share = share;
    const target = { endpoint, headers };
    const attributes = otlpAttributes({ 'service.name': serviceName, 'service.instance.id': node });
    this.#spans = new OtlpExporter({
      target,
      path: '/v1/traces',
      log,
      everyMs,
      encode: (calls) => ({
        resourceSpans: [{ resource: { attributes }, scopeSpans: [{ scope: SCOPE, spans: calls.flatMap(spansOf) }] }],
      }),
    });
    this.#metrics = new OtlpExporter({
      target,
      path: '/v1/metrics',
      log,
      everyMs,
      encode: (metrics) => ({
        resourceMetrics: [{ resource: { attributes }, scopeMetrics: [{ scope: SCOPE, metrics }] }],
      }),
    });
    this.#timer = setInterval(() => this.#collect(), everyMs);
    this.#timer.unref();
  }

  begin(exchange: Exchange): void {
    const trace = takeTrace(exchange.traceparent, this.#share);
    exchange.trace = trace;
    if (trace !== null) passTraceOn(exchange, trace);
  }

  ended(exchange: Exchange, event: UsageEvent): void {
    const operation = operationName(event, exchange);
    const provider = exchange.model?.provider ?? null;
    if (exchange.trace !== null) {
      const startedMs = performance.timeOrigin + exchange.startedAt;
      this.#spans.add({ event, trace: exchange.trace, startedMs, operation, provider, route: routeOf(exchange) });
    }
    if (operation === null || event.upstreamUs === 0) return;
    const common = commonAttributes(operation, provider, event.model);
    const errorClass = errorClassOf(event);
    const failed = errorClass === null ? common : { ...common, 'error.type': errorClass };
    this.#histograms.record(DURATION, event.upstreamUs / 1_000_000, failed);
    if (event.usageSource !== 'none') {
      this.#histograms.record(TOKENS, event.inputTokens, { ...common, 'gen_ai.token.type': 'input' });
      this.#histograms.record(TOKENS, event.outputTokens, { ...common, 'gen_ai.token.type': 'output' });
    }
    if (event.ttftUs !== null && errorClass === null) {
      this.#histograms.record(FIRST_TOKEN, Math.max(0, event.ttftUs - (event.leftUs ?? 0)) / 1_000_000, common);
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#collect();
    await Promise.all([this.#spans.close(), this.#metrics.close()]);
  }

  #collect(): void {
    for (const metric of this.#histograms.collect(Date.now())) this.#metrics.add(metric);
  }
}

/** Where a call went, without what differs from call to call. */
function routeOf({ apiSlug, tenantSlug, versionSlug, modelPath, path, kind }: Exchange): string {
  if (apiSlug !== '') return `/${tenantSlug}/${apiSlug}/${versionSlug}`;
  // Addresses of models' protocols may hold a model's name.
  return modelPath?.protocol === 'gemini' || kind === 'rest' ? `/${kind}` : path;
}
