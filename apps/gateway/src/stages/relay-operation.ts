import type { IncomingHttpHeaders } from 'node:http';
import type { RefusalCode } from '@parley/contracts/refusal-codes';
import { isProviderError } from '@parley/llm/translate';
import type { Exchange } from '../exchange.ts';
import type { TryFailure } from '../models/failure.ts';
import type { ModelRelay } from '../models/try.ts';
import type { Ports } from '../ports/ports.ts';
import { type Refusal, refusal } from '../refusals.ts';
import { operationEvents } from './operation-events.ts';
import { toldFailure } from './provider-failure.ts';
import { BytesRelay } from './relay-bytes.ts';
import { type Answer, CompletionRelay } from './relay-completion.ts';
import { StreamRelay } from './relay-stream.ts';
import { reply } from './reply.ts';
import { noteEstimatedUsage, noteProviderUsage } from './usage.ts';

const EVENTS = /^text\/event-stream\b/i;

/** A whole JSON answer in the client's form. */
const answerOperation: Answer = (exchange, ports, text) => {
  const { operation, operationWay, model } = exchange;
  if (operation === null || operationWay === null || model === null) return refusal('internal');
  const answer = operationWay.answer(text, operation, { model: model.slug, id: exchange.id });
  if (answer === null || isProviderError(answer)) return toldFailure(exchange, answer);
  exchange.providerModel = answer.providerModel?.slice(0, 200) ?? null;
  if (answer.usage) noteProviderUsage(exchange, answer.usage);
  else noteEstimatedUsage(exchange, '');
  reply(exchange, ports, 200, answer.text);
  return null;
};

/**
 * A provider's answer to a call beside chat. What it is shows in its head: some models answer in one piece what was asked for
 * in events. Failures are read whole, like JSON.
 */
export class OperationRelay implements ModelRelay {
  readonly #exchange: Exchange;
  readonly #ports: Ports;
  readonly #failed: (failure: TryFailure) => void;
  #relay: ModelRelay;

  constructor(exchange: Exchange, ports: Ports, failed: (failure: TryFailure) => void) {
    this.#exchange = exchange;
    this.#ports = ports;
    this.#failed = failed;
    this.#relay = new CompletionRelay(exchange, ports, answerOperation, failed);
  }

  get begun(): boolean {
    return this.#relay.begun;
  }

  get status(): number {
    return this.#relay.status;
  }

  onHead(status: number, headers: IncomingHttpHeaders): void {
    if (status >= 200 && status <= 299) this.#relay = this.#relayOf(headers) ?? this.#relay;
    this.#relay.onHead(status, headers);
  }

  onData(chunk: Buffer): void {
    this.#relay.onData(chunk);
  }

  onEnd(): void {
    this.#relay.onEnd();
  }

  onFail(code: RefusalCode, error: Error): void {
    this.#relay.onFail(code, error);
  }

  onBug(error: unknown): void {
    this.#relay.onBug(error);
  }

  noteUsage(): void {
    this.#relay.noteUsage();
  }

  brokenText(reason: Refusal): string | null {
    return this.#relay.brokenText(reason);
  }

  #relayOf(headers: IncomingHttpHeaders): ModelRelay | null {
    const { operation, operationWay } = this.#exchange;
    if (operation === null || operationWay === null) return null;
    const isEvents = EVENTS.test(headers['content-type'] ?? '');
    if (isEvents && operation.stream) {
      const form = operationEvents(this.#exchange, this.#ports, operationWay.events());
      return new StreamRelay(this.#exchange, this.#ports, form, this.#failed);
    }
    const asked = operationWay.form({ ...operation, stream: false });
    return asked === 'bytes' ? new BytesRelay(this.#exchange, this.#ports, this.#failed) : null;
  }
}
