import type { IncomingHttpHeaders } from 'node:http';
import type { RefusalCode } from '@parley/contracts/refusal-codes';
import type { AnswerStream } from '@parley/llm/codec';
import type { Exchange } from '../exchange.ts';
import type { TryFailure } from '../models/failure.ts';
import type { ModelRelay } from '../models/try.ts';
import type { Ports } from '../ports/ports.ts';
import { type Refusal, refusal } from '../refusals.ts';
import { endByBug } from './end-by-bug.ts';
import { endByGateway } from './end-early.ts';
import { cutFailure, nonsenseFailure, providerFailure, toldFailure, unreachedFailure } from './provider-failure.ts';
import { sendPiece, startStream } from './reply.ts';
import { settle } from './settle.ts';
import { noteEstimatedUsage, noteProviderUsage } from './usage.ts';

/** A provider's stream as it is read. */
export type ReadStream = Omit<AnswerStream, 'ending' | 'broken'>;

/** How what was read becomes the caller's: one form for chat, another for prompt endpoints. */
export interface StreamForm {
  readonly stream: ReadStream;
  /** Turns the next text that was read into the caller's. */
  piece(text: string): string;
  /** Why the answer is not to go on; asked after each piece. */
  stopped(): Refusal | null;
  /** Has to be waited for before the answer may end; `null` for nothing. Asked once. */
  waiting?(): Promise<void> | null;
  /** The last text of a complete answer; or why the answer is not good after all. */
  ending(): string | Refusal;
  /** The text that ends a stream which was broken off. */
  broken(reason: Refusal): string;
}

const MAX_ERROR_BYTES = 65_536;
const MAX_HELD_CHARS = 65_536;
/** A provider that keeps the connection busy for longer than this keeps the caller's busy too, and is not given up for another. */
const LONGEST_HOLD_MS = 15_000;
/** Server-sent events, or the frames of AWS. */
const STREAM = /^(?:text\/event-stream|application\/vnd\.amazon\.eventstream)\b/i;

/**
 * A provider's stream on its way to the caller, at the caller's pace. Until the first piece nothing is promised, so a
 * failure is still a plain refusal; afterwards it ends the stream with an error in protocol, never as a success.
 */
export class StreamRelay implements ModelRelay {
  readonly #exchange: Exchange;
  readonly #ports: Ports;
  readonly stream: ReadStream;
  readonly #form: StreamForm;
  #failed: (failure: TryFailure) => void;
  /** What came before the model said anything, as read: kept until then, while another may still be asked. */
  #held = '';
  #told = false;
  status = 0;
  #headers: IncomingHttpHeaders = {};
  #isStream = false;
  #errorText = '';
  #waiting = false;
  /** The answer is there; whether it may end is not known yet. */
  #checking = false;
  #resumed = false;

  constructor(exchange: Exchange, ports: Ports, form: StreamForm, failed: (failure: TryFailure) => void) {
    this.#exchange = exchange;
    this.#ports = ports;
    this.#form = form;
    this.#failed = failed;
    this.stream = form.stream;
  }

  onHead(status: number, headers: IncomingHttpHeaders): void {
    this.status = status;
    this.#headers = headers;
    this.#isStream = status >= 200 && status < 300 && STREAM.test(String(headers['content-type'] ?? ''));
  }

  onData(chunk: Buffer): void {
    if (this.#exchange.settled || this.#checking) return;
    if (!this.#isStream) {
      if (this.#errorText.length < MAX_ERROR_BYTES) this.#errorText += chunk.toString('utf8');
      return;
    }
    this.#relay(this.stream.feed(chunk));
    if (this.#stopped()) return;
    if (this.stream.state !== 'open') this.#conclude();
  }

  onEnd(): void {
    if (this.#exchange.settled || this.#checking) return;
    if (!this.#isStream) return this.#refuseAnswer();
    this.#relay(this.stream.end());
    if (this.#stopped()) return;
    this.#conclude();
  }

  onFail(code: RefusalCode): void {
    if (this.#exchange.settled || this.#checking) return;
    if (!this.#exchange.headSent) {
      const begun = this.#isStream && code !== 'upstream_timeout';
      return this.#failed(begun ? cutFailure() : unreachedFailure(code));
    }
    this.#cut(code === 'upstream_timeout' ? unreachedFailure(code) : cutFailure());
  }

  onBug(error: unknown): void {
    endByBug(this.#exchange, error, this.#ports);
  }

  get begun(): boolean {
    return this.stream.sawOutput || this.#told;
  }

  /** What was used up to now: the provider's word if it gave one, else counted from what was relayed. */
  noteUsage(): void {
    const { stream } = this;
    // A try to go on that was never answered adds nothing to what was noted.
    if (this.#resumed && !this.#isStream) return;
    this.#exchange.providerModel = stream.providerModel?.slice(0, 200) ?? null;
    this.#exchange.finishReason = stream.finishReason?.slice(0, 40) ?? null;
    if (stream.usage) return noteProviderUsage(this.#exchange, stream.usage);
    const { text, droppedChars } = stream.output();
    noteEstimatedUsage(this.#exchange, text, droppedChars);
  }

  /** The gateway itself ends the stream: the text that says so, in the caller's protocol. */
  brokenText(reason: Refusal): string {
    return this.#form.broken(reason);
  }

  #relay(text: string): void {
    const exchange = this.#exchange;
    if (exchange.ttftUs === null && this.stream.sawOutput) {
      exchange.ttftUs = Math.round((performance.now() - exchange.startedAt) * 1000);
    }
    if (text === '') return;
    if (!exchange.headSent && this.#mayHold()) {
      this.#held += text;
      return;
    }
    const piece = this.#form.piece(this.#takeHeld() + text);
    if (piece === '') return;
    if (!exchange.headSent) this.#startStream();
    if (!sendPiece(exchange, piece)) this.#waitForClient();
  }

  #startStream(): void {
    this.#told = true;
    startStream(this.#exchange, this.#ports, this.stream.contentType);
  }

  /** Nothing was said yet: another model may still be asked. */
  #mayHold(): boolean {
    if (this.stream.sawOutput || this.#held.length >= MAX_HELD_CHARS) return false;
    return performance.now() - this.#exchange.startedAt < LONGEST_HOLD_MS;
  }

  #takeHeld(): string {
    const held = this.#held;
    this.#held = '';
    return held;
  }

  /** Ends the call, at the provider too, if the answer is not to go on. */
  #stopped(): boolean {
    const reason = this.#form.stopped();
    if (reason === null) return false;
    this.noteUsage();
    endByGateway(this.#exchange, reason, this.#ports);
    return true;
  }

  #conclude(): void {
    const exchange = this.#exchange;
    if (this.stream.state !== 'done') {
      const failed = this.stream.state === 'failed' ? toldFailure(exchange, this.stream.error) : null;
      if (exchange.headSent) return this.#cut(failed ?? cutFailure());
      if (failed !== null) return this.#failed(failed);
      return this.#failed(this.stream.sawOutput ? cutFailure() : nonsenseFailure());
    }
    const waiting = this.#checking ? null : (this.#form.waiting?.() ?? null);
    if (waiting !== null) {
      this.#checking = true;
      void waiting.then(() => {
        if (!exchange.settled && !this.#stopped()) this.#conclude();
      });
      return;
    }
    this.noteUsage();
    const held = this.#takeHeld();
    const before = held === '' ? '' : this.#form.piece(held);
    const ending = this.#form.ending();
    if (typeof ending !== 'string') return this.#end(before + this.brokenText(ending), ending.code);
    this.#end(before + ending, null);
  }

  /** The provider broke off what the caller has a part of. */
  #cut(failure: TryFailure): void {
    if (this.said === null) this.breakOff();
    else this.#failed(failure);
  }

  /** What the caller has of an answer that another may go on with; `null` where none may. */
  get said(): string | null {
    return this.stream.said ?? null;
  }

  /** Another try goes on with it, as the exchange has it prepared; `failed` hears of that one. */
  resume(failed: (failure: TryFailure) => void): void {
    const { way, continued, model, earlier } = this.#exchange;
    if (way === null || continued === null || model === null || earlier === null) return;
    this.#failed = failed;
    this.status = 0;
    this.#headers = {};
    this.#isStream = false;
    this.#resumed = true;
    this.#errorText = '';
    this.#waiting = false;
    this.stream.resume?.(way.reader(continued), model.target, earlier);
  }

  /** Nobody goes on with it: it ends as the broken answer it is. */
  breakOff(): void {
    const reason = refusal('upstream_cut');
    this.#exchange.abortedBy = 'upstream';
    this.noteUsage();
    this.#end(this.brokenText(reason), reason.code);
  }

  #end(text: string, code: RefusalCode | null): void {
    const exchange = this.#exchange;
    if (!exchange.headSent) this.#startStream();
    exchange.code = code;
    exchange.replyBody = text;
    exchange.responseBytes += Buffer.byteLength(text);
    settle(exchange, this.#ports);
  }

  #refuseAnswer(): void {
    const { clock } = this.#ports;
    const ok = this.status >= 200 && this.status < 300;
    this.#failed(
      ok
        ? nonsenseFailure()
        : providerFailure(this.#exchange, this.status, this.#headers, this.#errorText, clock.nowMs()),
    );
  }

  #waitForClient(): void {
    if (this.#waiting) return;
    this.#waiting = true;
    this.#exchange.call?.pause();
    this.#exchange.response.once('drain', () => {
      this.#waiting = false;
      this.#exchange.call?.resume();
    });
  }
}
