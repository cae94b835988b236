import { openBuffer } from '@parley/kernel/seal';
import { codecOf } from '@parley/llm/ways';
import type { Exchange } from '../exchange.ts';
import type { Ports } from '../ports/ports.ts';
import { type Refusal, refusal } from '../refusals.ts';
import type { CompiledTenant } from '../snapshot/compiled.ts';
import { sendPiece, startStream } from '../stages/reply.ts';
import { settle } from '../stages/settle.ts';
import { clientError, problem } from '../wire/error-body.ts';
import { addNote } from '../wire/response-headers.ts';
import { type After, eventsAfter } from './events.ts';
import type { StreamFacts, StreamView } from './stream-store.ts';
import { partPurpose } from './stream-writer.ts';

/** Parts that are read at once. */
const PARTS = 64;
const MAX_NUMBER = 9_999_999;

/** Where the caller wants to go on; a refusal for what is no place. From the beginning without a word. */
export function placeOf({ request, query }: Exchange, response: boolean): After | Refusal {
  const asked = response
    ? new URLSearchParams(query).get('starting_after')
    : (request.headersDistinct['last-event-id']?.[0] ?? new URLSearchParams(query).get('last_event_id'));
  const by = response ? 'sequence' : 'id';
  if (asked === null || asked === '') return { by, value: response ? -1 : 0 };
  if (/^\d{1,7}$/.test(asked) && Number(asked) <= MAX_NUMBER) return { by, value: Number(asked) };
  const param = response ? 'starting_after' : 'Last-Event-ID';
  return refusal('invalid_parameter', { message: `\`${param}\` must be the number of an event.`, param });
}

/** Whether the stream is the caller's: of its application, of the person its token names, of the API it is asked for at. */
export function isOwnStream({ facts }: StreamView, { caller, subject, api }: Exchange): boolean {
  if (facts.applicationId !== caller?.application.id || (api !== null && facts.apiId !== api.id)) return false;
  return facts.subject === (subject === caller.key.id ? '' : subject);
}

/** The text that ends a stream whose gateway is gone, in the protocol of its caller. */
function brokenText(exchange: Exchange, { dialect, model, id, createdS }: StreamFacts, ports: Ports): string {
  const reason = refusal('upstream_cut', { message: 'The gateway that had this stream stopped in the middle of it.' });
  const writer = dialect === null ? null : (codecOf(dialect)?.client?.streamWriter ?? null);
  if (dialect === null || writer === null) {
    return `event: error\ndata: ${JSON.stringify(problem(exchange, reason, ports.portalUrl))}\n\n`;
  }
  const call = { protocol: dialect, text: '{}', body: {}, model, stream: true, wantsUsage: true } as const;
  return writer({ call, model, id, createdS }).broken(clientError(exchange, reason, ports.portalUrl));
}

/** A reader of one kept stream, on any node: what was kept, then what comes, until its end. */
class StreamReader {
  readonly #exchange: Exchange;
  readonly #ports: Ports;
  readonly #view: StreamView;
  readonly #tenant: CompiledTenant;
  readonly #after: After;
  /** Number of the last event that was looked at. */
  #last: number;
  #watchedAt = Number.NEGATIVE_INFINITY;

  constructor(exchange: Exchange, ports: Ports, of: { view: StreamView; tenant: CompiledTenant; after: After }) {
    this.#exchange = exchange;
    this.#ports = ports;
    this.#view = of.view;
    this.#tenant = of.tenant;
    this.#after = of.after;
    this.#last = of.after.by === 'id' ? of.after.value : 0;
  }

  async run(): Promise<void> {
    const { times, store } = this.#ports.streams;
    const { id } = this.#view.facts;
    while (!this.#exchange.settled) {
      if (performance.now() - this.#watchedAt > times.beatMs) {
        this.#watchedAt = performance.now();
        await store.watch(id, this.#ports.streams.aliveMs);
      }
      // Asked before the parts are: what was closed by then is all there.
      const view = await store.view(id);
      if (await this.#sendMore()) continue;
      if (view === null || view.state !== 'open' || !view.alive) return this.#finish(view);
      await new Promise((resolve) => setTimeout(resolve, times.lookMs));
    }
  }

  /** Sends what there is more. False when there was nothing. */
  async #sendMore(): Promise<boolean> {
    const { id } = this.#view.facts;
    const parts = await this.#ports.streams.store.after(id, this.#last, PARTS);
    const { dataKey } = this.#tenant;
    if (dataKey === null) return false;
    for (const { last, sealed } of parts) {
      const text = eventsAfter(openBuffer(dataKey, sealed, partPurpose(id, last)).toString('utf8'), this.#after);
      this.#last = last;
      if (this.#exchange.settled) return true;
      if (text !== '' && !sendPiece(this.#exchange, text)) await this.#drained();
    }
    return parts.length > 0;
  }

  #drained(): Promise<void> {
    const { response } = this.#exchange;
    return new Promise((resolve) => {
      response.once('drain', resolve);
      response.once('close', resolve);
    });
  }

  #finish(view: StreamView | null): void {
    const exchange = this.#exchange;
    if (exchange.settled) return;
    if (view?.state !== 'whole') {
      const text = brokenText(exchange, this.#view.facts, this.#ports);
      exchange.code = 'upstream_cut';
      exchange.replyBody = text;
      exchange.responseBytes += Buffer.byteLength(text);
    }
    settle(exchange, this.#ports);
  }
}

/** Gives a kept stream again from where its caller stopped. */
export async function resumeStream(
  exchange: Exchange,
  ports: Ports,
  view: StreamView,
  after: After,
): Promise<Refusal | null> {
  const tenant = await ports.snapshot.tenantById(view.facts.tenantId);
  if (typeof tenant === 'string') return refusal('configuration_unavailable', { retryAfterSeconds: 2 });
  if (exchange.settled) return null;
  exchange.stream = true;
  addNote(exchange, 'x-parley-stream', view.facts.id);
  startStream(exchange, ports, view.facts.contentType);
  // The next event may be long in coming.
  exchange.response.flushHeaders();
  void new StreamReader(exchange, ports, { view, tenant, after }).run().catch((error: unknown) => {
    ports.log.warn('a kept stream cannot be read', { error, requestId: view.facts.id });
    // Whoever reads it asks again; the connection breaks off, so that it is not taken for whole.
    if (!exchange.settled) exchange.response.destroy();
  });
  return null;
}
