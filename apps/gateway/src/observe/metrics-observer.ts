import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { UsageEvent } from '@parley/contracts/usage-event';
import { errorClassOf } from '@parley/domain/error-class';
import type { Metrics } from '@parley/telemetry/metrics';
import type { Exchange } from '../exchange.ts';
import type { CallObserver } from './observer.ts';

/** Counts calls for Prometheus. Labels have few, known values: kinds of calls and of errors, classes of tokens. */
export class MetricsObserver implements CallObserver {
  readonly #calls: ReturnType<Metrics['counter']>;
  readonly #tokens: ReturnType<Metrics['counter']>;
  readonly #duration: ReturnType<Metrics['histogram']>;
  readonly #firstToken: ReturnType<Metrics['histogram']>;
  readonly #close: () => Promise<void>;

  /** `close` ends what serves the metrics. */
  constructor(metrics: Metrics, close: () => Promise<void>) {
    this.#close = close;
    this.#calls = metrics.counter('parley_calls_total', 'Recorded calls, by kind and error class.', ['kind', 'error']);
    this.#tokens = metrics.counter('parley_tokens_total', 'Tokens of models, by class.', ['class']);
    this.#duration = metrics.histogram('parley_call_seconds', 'Door to last byte, by kind.', ['kind']);
    this.#firstToken = metrics.histogram('parley_first_token_seconds', 'Door to first streamed token, by kind.', [
      'kind',
    ]);
  }

  begin(): void {}

  ended(_exchange: Exchange, event: UsageEvent): void {
    const { kind } = event;
    this.#calls.add(1, { kind, error: errorClassOf(event) ?? 'none' });
    this.#duration.observe(event.durationUs / 1_000_000, { kind });
    if (event.ttftUs !== null) this.#firstToken.observe(event.ttftUs / 1_000_000, { kind });
    if (event.inputTokens > 0) this.#tokens.add(event.inputTokens, { class: 'input' });
    if (event.cachedInputTokens > 0) this.#tokens.add(event.cachedInputTokens, { class: 'cached_input' });
    if (event.outputTokens > 0) this.#tokens.add(event.outputTokens, { class: 'output' });
    if (event.reasoningTokens > 0) this.#tokens.add(event.reasoningTokens, { class: 'reasoning' });
  }

  close(): Promise<void> {
    return this.#close();
  }
}

/** Serves `/metrics` on an address of its own: it is no business of those who call. Resolves when it listens. */
export async function startMetrics(
  metrics: Metrics,
  { host, port }: { host: string; port: number },
): Promise<{ readonly port: number; readonly observer: MetricsObserver }> {
  const server = createServer((request, response) => {
    const found = request.url === '/metrics' && (request.method === 'GET' || request.method === 'HEAD');
    if (!found) return response.writeHead(404).end();
    metrics
      .expose()
      .then(({ contentType, text }) => response.writeHead(200, { 'content-type': contentType }).end(text))
      .catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { port: (server.address() as AddressInfo).port, observer: new MetricsObserver(metrics, close) };
}
