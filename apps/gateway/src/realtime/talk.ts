import type { UsageEvent } from '@parley/contracts/usage-event';
import { priceAt } from '@parley/domain/pricing';
import { newId } from '@parley/kernel/id';
import { isObject, parseJson, textOf } from '@parley/llm/object';
import { errorObject } from '@parley/llm/protocols/openai-chat/errors';
import { textChars } from '@parley/llm/realtime/session';
import { readRealtimeUsage, type Unaccounted } from '@parley/llm/realtime/usage';
import type { Exchange } from '../exchange.ts';
import type { CountMessage } from '../policies/web-socket/count-messages.ts';
import type { Heard, Talk } from '../policies/web-socket/talk.ts';
import type { Caller } from '../ports/keys/keys.ts';
import type { Ports } from '../ports/ports.ts';
import { type Refusal, refusal } from '../refusals.ts';
import { cleaned } from '../stages/provider-failure.ts';
import { clientError } from '../wire/error-body.ts';
import { allUnderWay } from '../wire/limit-members.ts';
import { SessionModels } from './session-models.ts';
import { Turn, type TurnEnding, turnEvent } from './turn.ts';

type Event = Record<string, unknown>;

const passOn = (toUpstream: string): Heard => ({ toClient: null, toUpstream, end: null });
const passBack = (toClient: string | null): Heard => ({ toClient, toUpstream: null, end: null });
const ANSWERED: Omit<TurnEnding, 'usage' | 'finishReason'> = { status: 200, code: null, abortedBy: 'none' };
/** Events whose `delta` is a text, and those where it is sound in base64: of the protocol's two forms. */
const TEXT_DELTA = /^response\.(?:output_)?(?:text|audio_transcript|function_call_arguments)\.delta$/;
const SOUND_DELTA = /^response\.(?:output_)?audio\.delta$/;
const SESSION = /^(?:transcription_)?session\.(?:created|updated)$/;
/** Responses of one session that may be under way at the same time. */
const MAX_TURNS = 64;

const soundBytes = (base64: unknown): number => (typeof base64 === 'string' ? Math.floor((base64.length * 3) / 4) : 0);

/**
 * Reads a realtime session as it passes (OpenAI, Realtime API): model names are the caller's on one side and the provider's
 * on the other, every response is admitted before it begins and recorded before its end is told, and nothing of the
 * provider's identity or limits gets through.
 */
export class RealtimeTalk implements Talk {
  readonly #exchange: Exchange;
  readonly #caller: Caller;
  readonly #ports: Ports;
  readonly #count: CountMessage;
  /** Ids of the events that asked for responses which have not begun; `null` for an event without one. */
  readonly #asked: { eventId: string | null; turn: Turn }[] = [];
  readonly #turns = new Map<string, Turn>();
  readonly #models: SessionModels;
  /** Tokens of the conversation at its last response, and what came since. */
  #contextTokens = 0;
  #heard: Unaccounted = { text: 0, sound: 0 };

  constructor(exchange: Exchange, caller: Caller, ports: Ports, count: CountMessage) {
    this.#exchange = exchange;
    this.#caller = caller;
    this.#ports = ports;
    this.#count = count;
    this.#models = new SessionModels(exchange);
  }

  hear(from: 'client' | 'upstream', text: string): Heard | Promise<Heard> {
    const event = parseJson(text);
    if (from === 'client') {
      if (!isObject(event)) return passBack(this.#error(refusal('malformed_json'), null));
      return this.#fromClient(event, text);
    }
    return isObject(event) ? this.#fromProvider(event, text) : passBack(null);
  }

  leaving(): string | null {
    return this.#turns.size === 0 ? null : JSON.stringify({ type: 'response.cancel' });
  }

  over(abortedBy: UsageEvent['abortedBy']): void {
    const code = this.#exchange.code ?? (abortedBy === 'client' ? 'client_closed' : null);
    const ending = { usage: null, status: 200, code, abortedBy, finishReason: null };
    for (const turn of this.#turns.values()) void this.#record(turn, ending);
    for (const { turn } of this.#asked) void this.#record(turn, ending);
    this.#turns.clear();
    this.#asked.length = 0;
  }

  #fromClient(event: Event, text: string): Heard | Promise<Heard> {
    switch (event.type) {
      case 'session.update':
      case 'transcription_session.update':
        return this.#update(event, text);
      case 'response.create':
        this.#heard.text += textChars(event.response);
        return this.#admitted(event, text);
      case 'input_audio_buffer.append':
        this.#heard.sound += soundBytes(event.audio);
        return passOn(text);
      case 'conversation.item.create':
        this.#heard.text += textChars(event.item);
        return passOn(text);
      default:
        return passOn(text);
    }
  }

  /** Settings of the session: its models by the provider's names. */
  #update(event: Event, text: string): Heard {
    const eventId = textOf(event.event_id) ?? null;
    const { session } = event;
    if (isObject(session)) this.#heard.text += textChars(session.instructions) + textChars(session.tools);
    const { changed, refused } = this.#models.toProvider(session, this.#ports.clock.nowMs());
    if (refused !== null) return passBack(this.#error(refused, eventId));
    return passOn(changed ? JSON.stringify(event) : text);
  }

  #admitted(event: Event, text: string): Heard | Promise<Heard> {
    const eventId = textOf(event.event_id) ?? null;
    const outcome = this.#admit();
    const after = (refused: Refusal | null): Heard => {
      if (refused !== null) return { toClient: this.#error(refused, eventId), toUpstream: null, end: refused };
      this.#asked.push({ eventId, turn: new Turn() });
      return passOn(text);
    };
    return outcome instanceof Promise ? outcome.then(after) : after(outcome);
  }

  #admit(): Refusal | null | Promise<Refusal | null> {
    if (!this.#ports.meter.accepts()) return refusal('metering_unavailable', { retryAfterSeconds: 5 });
    if (this.#turns.size + this.#asked.length >= MAX_TURNS) {
      const limit = allUnderWay('session', 'responses', MAX_TURNS);
      return refusal('too_many_running', { message: `A session may have ${MAX_TURNS} responses under way.`, limit });
    }
    return this.#count(this.#exchange, this.#ports);
  }

  #fromProvider(event: Event, text: string): Heard | Promise<Heard> {
    const type = textOf(event.type) ?? '';
    if (SOUND_DELTA.test(type)) this.#turnOf(event)?.note('sound', soundBytes(event.delta), text.length);
    else if (TEXT_DELTA.test(type)) this.#turnOf(event)?.note('text', textChars(event.delta), text.length);
    else if (SESSION.test(type)) return this.#session(event, type);
    else if (type === 'response.created') return this.#begun(event, text);
    else if (type === 'response.done') return this.#done(event, text);
    else if (type === 'conversation.item.input_audio_transcription.completed') return this.#written(event, text);
    else if (type === 'error') return passBack(this.#providerError(event));
    // The provider's limits are of its account, not of this caller.
    else if (type === 'rate_limits.updated') return passBack(null);
    return passBack(text);
  }

  #turnOf(event: Event): Turn | undefined {
    return this.#turns.get(textOf(event.response_id) ?? '');
  }

  /** Settings as the provider has them: with the caller's names. What a client secret holds is set first of all. */
  #session(event: Event, type: string): Heard {
    this.#models.toCaller(event.session);
    const told = passBack(JSON.stringify(event));
    const { sessionSettings } = this.#exchange;
    if (type !== 'session.created' || sessionSettings === null) return told;
    const update: Event = { type: 'session.update', session: structuredClone(sessionSettings) };
    const { toUpstream, toClient } = this.#update(update, JSON.stringify(update));
    return { ...told, toUpstream, toClient: toClient ?? told.toClient };
  }

  /** A response begins: one that was asked for, or one that the provider began when the speaker fell silent. */
  #begun(event: Event, text: string): Heard | Promise<Heard> {
    const id = isObject(event.response) ? (textOf(event.response.id) ?? '') : '';
    const asked = this.#asked.shift();
    if (asked !== undefined) {
      this.#turns.set(id, asked.turn);
      return passBack(text);
    }
    const outcome = this.#admit();
    this.#turns.set(id, new Turn());
    const after = (refused: Refusal | null): Heard =>
      refused === null
        ? passBack(text)
        : { toClient: this.#error(refused, null), toUpstream: this.leaving(), end: refused };
    return outcome instanceof Promise ? outcome.then(after) : after(outcome);
  }

  /** A response is over: recorded first, then told. */
  #done(event: Event, text: string): Promise<Heard> {
    const response = isObject(event.response) ? event.response : {};
    const id = textOf(response.id) ?? '';
    const turn = this.#turns.get(id) ?? new Turn();
    this.#turns.delete(id);
    const details = isObject(response.status_details) ? response.status_details : {};
    const usage = readRealtimeUsage(response.usage);
    const failed = response.status === 'failed';
    const ending: TurnEnding = {
      ...ANSWERED,
      ...(failed ? { status: 502, code: 'upstream_invalid' } : {}),
      usage: usage ?? (failed ? readRealtimeUsage({ input_tokens: 0 }) : null),
      finishReason: textOf(details.reason) ?? textOf(response.status) ?? null,
    };
    const told = failed ? JSON.stringify(this.#cleanedError(event, details)) : text;
    const recorded = this.#record(turn, ending).then(() => passBack(told));
    if (usage !== null) this.#contextTokens = usage.inputTokens + usage.outputTokens;
    this.#heard = { text: 0, sound: 0 };
    return recorded;
  }

  #cleanedError(event: Event, details: Event): Event {
    const { error } = details;
    if (isObject(error) && typeof error.message === 'string') error.message = cleaned(this.#exchange, error.message);
    return event;
  }

  /** What was heard has been written down, by a model with a price of its own. */
  #written(event: Event, text: string): Heard | Promise<Heard> {
    const model = this.#models.transcriber;
    const price = model && priceAt(model.prices, this.#ports.clock.nowMs());
    const usage = readRealtimeUsage(event.usage);
    if (model === null || price === null || (usage === null && !isObject(event.usage))) return passBack(text);
    const { slug, providerModel } = model;
    const nothing = readRealtimeUsage({ input_tokens: 0 });
    const seconds = isObject(event.usage) && event.usage.type === 'duration' ? Number(event.usage.seconds) : 0;
    const ending = { ...ANSWERED, usage: usage ?? nothing, finishReason: null, audioMs: Math.round(seconds * 1000) };
    return this.#record(new Turn(), { ...ending, model: { slug, providerModel, price: price.rates } }).then(() =>
      passBack(text),
    );
  }

  /** An error of the provider, with nothing of its identity. The response it refuses does not begin. */
  #providerError(event: Event): string {
    const { error } = event;
    if (!isObject(error)) return JSON.stringify(event);
    const about = textOf(error.event_id) ?? null;
    const at = this.#asked.findIndex(({ eventId }) => eventId === about);
    if (at !== -1) this.#asked.splice(at, 1);
    if (typeof error.message === 'string') error.message = cleaned(this.#exchange, error.message);
    return JSON.stringify(event);
  }

  /** An `error` event of ours. */
  #error(reason: Refusal, eventId: string | null): string {
    const told = errorObject(clientError(this.#exchange, reason, this.#ports.portalUrl));
    const error = { ...told, event_id: eventId };
    return JSON.stringify({ type: 'error', event_id: `event_${newId().replaceAll('-', '')}`, error });
  }

  /** Resolves once the record would survive the death of this process. */
  #record(turn: Turn, ending: Omit<Parameters<typeof turnEvent>[4], 'contextTokens' | 'heard'>): Promise<void> {
    const context = { contextTokens: this.#contextTokens, heard: this.#heard };
    const event = turnEvent(this.#exchange, this.#caller, this.#ports.node, turn, { ...ending, ...context });
    return new Promise((resolve) => this.#ports.meter.record(event, () => resolve(), null));
  }
}
