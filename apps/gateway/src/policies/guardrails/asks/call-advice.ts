import type { JudgedText } from '@parley/guard/judge/question';
import type { GuardPart } from '@parley/guard/part';
import type { Exchange } from '../../../exchange.ts';
import type { Ports } from '../../../ports/ports.ts';
import { endByGateway } from '../../../stages/end-early.ts';
import type { CallGuard } from '../call-guard.ts';
import type { Adviser } from './adviser.ts';

/** A stream's answer is asked about whenever so many characters have come, with so many of those before. */
const WINDOW = 1500;
const LOOK_BEHIND = 300;
/** Most questions about one stream at a time; the text gathers meanwhile. */
const MOST_AT_ONCE = 4;

const FROM: Readonly<Partial<Record<GuardPart['source'], JudgedText['from']>>> = {
  user: 'caller',
  toolResult: 'document',
  document: 'document',
};

/** What models are asked about one call: first about what it sends, then about what it is answered. */
export class CallAdvice {
  readonly #advisers: readonly Adviser[];
  readonly #guard: CallGuard;
  readonly #use: { readonly exchange: Exchange; readonly ports: Ports };
  #pending = 0;
  #done: Promise<void> = Promise.resolve();
  /** Of the answer: what has not been asked about, and the end of what has been. */
  #said = '';
  #before = '';

  constructor(advisers: readonly Adviser[], guard: CallGuard, exchange: Exchange, ports: Ports) {
    this.#advisers = advisers;
    this.#guard = guard;
    this.#use = { exchange, ports };
  }

  /** Asks about what callers, documents and tools say. */
  aboutInput(parts: readonly GuardPart[]): void {
    const texts = parts.flatMap(({ text, source }) => {
      const from = FROM[source];
      return from === undefined ? [] : [{ text, from }];
    });
    const advisers = this.#advisers.filter(({ onInput }) => onInput);
    this.#ask(advisers, texts);
  }

  /** Another answer begins. */
  begin(): void {
    this.#said = '';
    this.#before = '';
  }

  /** The model said more. */
  said(text: string): void {
    this.#said += text;
    if (this.#use.exchange.stream && this.#said.length >= WINDOW && this.#pending < MOST_AT_ONCE) this.#askSaid();
  }

  /** Waits until everything asked is answered; `null` where nothing is. The rest of an answer is asked about first. */
  settled(): Promise<void> | null {
    if (this.#said.trim() !== '') this.#askSaid();
    return this.#pending === 0 ? null : this.#done;
  }

  #askSaid(): void {
    const text = this.#before + this.#said;
    this.#before = text.slice(-LOOK_BEHIND);
    this.#said = '';
    const advisers = this.#advisers.filter(({ onOutput }) => onOutput);
    this.#ask(advisers, [{ text, from: 'model' }]);
  }

  #ask(advisers: readonly Adviser[], texts: readonly JudgedText[]): void {
    if (texts.length === 0) return;
    for (const adviser of advisers) {
      this.#pending++;
      const asked = adviser.findings(texts, placeOf, this.#use).then((findings) => {
        this.#pending--;
        for (const finding of findings) this.#guard.found.add(finding);
        this.#stopIfBlocked();
      });
      this.#done = Promise.all([this.#done, asked]).then(() => undefined);
    }
  }

  /** A stream that has begun ends as soon as that is known. */
  #stopIfBlocked(): void {
    const { exchange, ports } = this.#use;
    if (exchange.settled || !exchange.headSent) return;
    const stopped = this.#guard.refusal();
    if (stopped === null) return;
    exchange.relay?.noteUsage();
    endByGateway(exchange, stopped, ports);
  }
}

const placeOf = ({ from }: JudgedText): 'input' | 'toolResults' | 'output' =>
  from === 'caller' ? 'input' : from === 'document' ? 'toolResults' : 'output';
