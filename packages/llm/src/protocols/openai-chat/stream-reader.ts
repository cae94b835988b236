import type { Target } from '../../codec.ts';
import type { AnswerSink, Block } from '../../neutral/answer.ts';
import { isObject, parseJson, textOf } from '../../object.ts';
import { SseReader } from '../../sse-reader.ts';
import { readErrorBody } from './errors.ts';
import { readFinish } from './finish.ts';
import { readProof, thoughtProof } from './thoughts.ts';
import { readUsage } from './usage.ts';

/** More choices than this no client asks for; an index beyond is a provider's mistake. */
const MAX_CHOICES = 128;
const MAX_CALLS = 1024;

interface OpenCall {
  id: string;
  name: string;
  /** Number of its block; -1 until its name is known. */
  n: number;
  /** Arguments that came before the name. */
  held: string;
  empty: boolean;
}

/** One choice of the answer as far as it has come. */
interface OpenChoice {
  /** The text-like block that is open; -1 for none. */
  n: number;
  kind: 'text' | 'refusal' | 'reasoning' | null;
  readonly calls: OpenCall[];
  /** Of upstream's indexes, the call each stands for now. */
  readonly byIndex: Map<number, OpenCall>;
  finished: boolean;
}

type Members = Readonly<Record<string, unknown>>;

/** Reads chat completion chunks, those of providers included that are loose with the protocol. */
export class ChatStreamReader extends SseReader {
  readonly #endsWithoutDone: boolean;
  readonly #choices: OpenChoice[] = [];
  #next = 0;
  #started = false;

  constructor(sink: AnswerSink, target: Target) {
    super(sink);
    this.#endsWithoutDone = target.quirks.done === false;
  }

  protected override onEnd(): void {
    const finished = this.#choices.length > 0 && this.#choices.every((choice) => choice.finished);
    if (this.#endsWithoutDone && finished) this.#done();
  }

  protected override onEvent(data: string): void {
    if (data === '[DONE]') {
      if (!this.#started) return this.fail('the provider’s stream holds no answer');
      return this.#done();
    }
    const chunk = parseJson(data);
    if (!isObject(chunk)) return this.fail('an event of the provider’s stream is no JSON object');
    if (chunk.error !== undefined && chunk.error !== null) {
      return this.failWith(readErrorBody(chunk, 502));
    }
    if (!this.#started) {
      this.#started = true;
      this.sink.start(textOf(chunk.id) ?? null, textOf(chunk.model) ?? null);
    }
    if (Array.isArray(chunk.choices)) for (const choice of chunk.choices) if (isObject(choice)) this.#choice(choice);
    const usage = chunk.usage ? readUsage(chunk.usage) : null;
    if (usage !== null) this.sink.usage(usage);
  }

  #choice(given: Members): void {
    const index = Number.isInteger(given.index) ? (given.index as number) : 0;
    if (index < 0 || index >= MAX_CHOICES) return;
    while (this.#choices.length <= index) {
      this.#choices.push({ n: -1, kind: null, calls: [], byIndex: new Map(), finished: false });
    }
    const choice = this.#choices[index] as OpenChoice;
    if (choice.finished) return;
    const { delta } = given;
    if (isObject(delta)) this.#delta(choice, index, delta);
    const raw = textOf(given.finish_reason);
    if (raw !== undefined && raw !== '')
      this.#finish(choice, index, raw, textOf(given.stop_reason) ?? textOf(given.matched_stop));
  }

  #delta(choice: OpenChoice, index: number, delta: Members): void {
    this.#text(choice, index, 'reasoning', textOf(delta.reasoning_content) ?? textOf(delta.reasoning));
    if (Array.isArray(delta.reasoning_details)) this.#thoughts(choice, index, delta.reasoning_details);
    this.#text(choice, index, 'text', textOf(delta.content));
    this.#text(choice, index, 'refusal', textOf(delta.refusal));
    if (Array.isArray(delta.tool_calls)) {
      for (const call of delta.tool_calls) if (isObject(call)) this.#call(choice, index, call);
    }
    if (isObject(delta.function_call)) this.#call(choice, index, { index: 0, function: delta.function_call });
  }

  #text(choice: OpenChoice, index: number, kind: 'text' | 'refusal' | 'reasoning', text: string | undefined): void {
    if (text === undefined || text === '') return;
    if (choice.kind !== kind) this.#openText(choice, index, { kind, text: '' });
    this.sink.delta(choice.n, text);
  }

  #openText(
    choice: OpenChoice,
    index: number,
    block: Extract<Block, { kind: 'text' | 'refusal' | 'reasoning' }>,
  ): void {
    this.#closeText(choice);
    choice.n = this.#next++;
    choice.kind = block.kind;
    this.sink.open(choice.n, index, block);
  }

  #closeText(choice: OpenChoice): void {
    if (choice.kind !== null) this.sink.close(choice.n);
    choice.kind = null;
  }

  /** Proofs of thoughts; their texts come as `reasoning_content` too, or only here. */
  #thoughts(choice: OpenChoice, index: number, details: readonly unknown[]): void {
    for (const detail of details) {
      if (!isObject(detail)) continue;
      const { proof, redacted } = thoughtProof(detail);
      if (choice.kind !== 'reasoning' && redacted)
        this.#openText(choice, index, { kind: 'reasoning', text: '', redacted });
      if (proof === undefined) continue;
      if (choice.kind !== 'reasoning') this.#openText(choice, index, { kind: 'reasoning', text: '' });
      this.sink.proof(choice.n, proof);
      this.#closeText(choice);
    }
  }

  #call(choice: OpenChoice, index: number, given: Members): void {
    const fn = isObject(given.function) ? given.function : {};
    const name = textOf(fn.name) ?? '';
    const id = textOf(given.id) ?? '';
    const call = this.#callFor(choice, given.index, id, name);
    if (call === null) return;
    if (call.id === '') call.id = id;
    if (call.n === -1) call.name += name;
    const args =
      typeof fn.arguments === 'string' ? fn.arguments : isObject(fn.arguments) ? JSON.stringify(fn.arguments) : '';
    if (call.n === -1 && call.name !== '') this.#openCall(choice, index, call);
    if (call.n === -1) call.held += args;
    else if (args !== '') {
      call.empty = false;
      this.sink.delta(call.n, args);
    }
    const proof = readProof(given);
    if (proof !== undefined && call.n !== -1) this.sink.proof(call.n, proof);
  }

  /** The call a piece belongs to: by its index, which may be missing or used again, and by its id. */
  #callFor(choice: OpenChoice, index: unknown, id: string, name: string): OpenCall | null {
    const byIndex = typeof index === 'number' ? choice.byIndex.get(index) : undefined;
    const another = byIndex !== undefined && id !== '' && name !== '' && byIndex.id !== '' && byIndex.id !== id;
    if (byIndex !== undefined && !another) return byIndex;
    if (typeof index !== 'number') {
      const known =
        id === '' ? (name === '' ? choice.calls.at(-1) : undefined) : choice.calls.find((call) => call.id === id);
      if (known !== undefined) return known;
    }
    if (choice.calls.length >= MAX_CALLS) return null;
    const call: OpenCall = { id, name: '', n: -1, held: '', empty: true };
    choice.calls.push(call);
    if (typeof index === 'number') choice.byIndex.set(index, call);
    return call;
  }

  #openCall(choice: OpenChoice, index: number, call: OpenCall): void {
    this.#closeText(choice);
    call.n = this.#next++;
    if (call.id === '') call.id = `call_${index}_${choice.calls.indexOf(call)}`;
    this.sink.open(call.n, index, { kind: 'tool_call', id: call.id, name: call.name, text: '' });
    if (call.held === '') return;
    call.empty = false;
    this.sink.delta(call.n, call.held);
    call.held = '';
  }

  #finish(choice: OpenChoice, index: number, raw: string, stopSequence: string | undefined): void {
    this.#closeText(choice);
    for (const call of choice.calls) {
      if (call.n === -1) return this.fail('a tool call of the provider has no name');
      if (call.empty) this.sink.delta(call.n, '{}');
      this.sink.close(call.n);
    }
    choice.finished = true;
    const reason = readFinish(raw, choice.calls.length > 0);
    this.sink.finish(index, stopSequence === undefined ? { reason, raw } : { reason, raw, stopSequence });
  }

  #done(): void {
    for (const [index, choice] of this.#choices.entries()) {
      if (!choice.finished && !this.over) this.#finish(choice, index, 'stop', undefined);
    }
    if (this.over) return;
    this.complete();
  }
}
