import type { AnswerView, ClientCodec, ClientError, StreamWriter } from '@parley/llm/codec';
import type { Block, Finish, ProviderError } from '@parley/llm/neutral/answer';
import type { Proof } from '@parley/llm/neutral/call';
import type { Usage } from '@parley/llm/neutral/usage';
import { isProviderError, outputOf, TranslatedStream } from '@parley/llm/translate';
import { codecOf, type Way } from '@parley/llm/ways';
import type { CallGuard, WatchedText } from './call-guard.ts';

/** Writes an answer as another writer does, each text watched on its way; nothing more once a guardrail stops it. */
class GuardedWriter implements StreamWriter {
  readonly contentType?: string;
  readonly #next: StreamWriter;
  readonly #guard: CallGuard;
  readonly #watched = new Map<number, WatchedText>();
  /** Signs of completion, kept until models have said what they make of the answer. */
  readonly #kept: (() => void)[] = [];

  constructor(next: StreamWriter, guard: CallGuard) {
    this.#next = next;
    this.#guard = guard;
    if (next.contentType !== undefined) this.contentType = next.contentType;
  }

  get #stopped(): boolean {
    return this.#guard.found.blocked;
  }

  start(id: string | null, model: string | null): void {
    this.#next.start(id, model);
  }

  open(n: number, choice: number, block: Block): void {
    if (this.#stopped) return;
    const watched = this.#guard.block(block, choice);
    if (watched !== null) this.#watched.set(n, watched);
    this.#next.open(n, choice, block);
  }

  delta(n: number, text: string): void {
    const watched = this.#watched.get(n);
    this.#pass(n, watched === undefined ? text : watched.feed(text));
  }

  proof(n: number, proof: Proof): void {
    if (!this.#stopped) this.#next.proof(n, proof);
  }

  close(n: number): void {
    this.#pass(n, this.#watched.get(n)?.end() ?? '');
    this.#watched.delete(n);
    if (!this.#stopped) this.#next.close(n);
  }

  finish(choice: number, finish: Finish): void {
    this.#completes(() => this.#next.finish(choice, finish));
  }

  usage(usage: Usage): void {
    this.#completes(() => this.#next.usage(usage));
  }

  end(): void {
    this.#guard.checkWhole();
    this.#completes(() => this.#next.end());
  }

  fail(error: ProviderError): void {
    this.#next.fail(error);
  }

  take(): string {
    return this.#next.take();
  }

  ending(): string {
    for (const tell of this.#kept.splice(0)) tell();
    return this.#next.take() + this.#next.ending();
  }

  broken(error: ClientError): string {
    return this.#next.broken(error);
  }

  #completes(tell: () => void): void {
    if (this.#guard.checksWhole) this.#kept.push(tell);
    else if (!this.#stopped) tell();
  }

  /** What was safe before a guardrail stopped the text still goes on; nothing after it is safe. */
  #pass(n: number, safe: string): void {
    if (safe !== '') this.#next.delta(n, safe);
  }
}

/**
 * The same way, with every text of the answer watched where there is anything to watch for. Answers are then read and written
 * anew, also where client and provider speak the same protocol.
 */
export function watchedWay(way: Way, guard: CallGuard): Way {
  const client = codecOf(way.from)?.client ?? null;
  guard.begin();
  // A way begins at a client's protocol.
  if (client === null || !guard.watchesAnswer) return way;
  return {
    ...way,
    answer: (text, view) => {
      const answer = way.reader(view.call).readAnswer(text);
      if (answer === null || isProviderError(answer)) return answer;
      const said = outputOf(answer);
      guard.answer(answer);
      return {
        text: client.writeAnswer(answer, view),
        usage: answer.usage,
        providerModel: answer.model,
        finishReason: answer.choices[0]?.finish?.reason ?? null,
        output: () => said,
      };
    },
    stream: (view, target) => new TranslatedStream(way.reader(view.call), watchedWriter(client, view, guard), target),
  };
}

/** Writes a client's stream, watched. */
export function watchedWriter(client: ClientCodec, view: AnswerView, guard: CallGuard): StreamWriter {
  return new GuardedWriter(client.streamWriter(view), guard);
}
