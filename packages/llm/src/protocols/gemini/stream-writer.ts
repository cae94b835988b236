import type { AnswerView, ClientError, StreamWriter } from '../../codec.ts';
import type { Block, Finish, ProviderError } from '../../neutral/answer.ts';
import type { Proof } from '../../neutral/call.ts';
import type { Usage } from '../../neutral/usage.ts';
import { stringifyDeep } from '../../parse-exact.ts';
import { errorBody } from './errors.ts';
import { type StreamForm, streamForm } from './stream-form.ts';
import { writeUsage } from './usage.ts';
import { MalformedCall, writeEnd, writePart, writeThought } from './write-answer.ts';

/** A block that is open. Only text and thoughts are written as they come: everything else Gemini sends whole. */
interface Open {
  readonly choice: number;
  readonly block: Block;
  readonly pieces: string[];
  proof: Proof | undefined;
}

/** What a block that is sent whole may hold; a longer one ends its choice as malformed. */
const MAX_HELD_CHARS = 33_554_432;

/**
 * Writes an answer as a stream of `streamGenerateContent`. The last response of each choice, with its finish reason and the
 * usage, is what completes the stream, and so comes with `ending`.
 */
export class GeminiStreamWriter implements StreamWriter {
  readonly #form: StreamForm;
  readonly #tail: string;
  readonly #blocks = new Map<number, Open>();
  readonly #malformed = new Map<number, string>();
  readonly #finishes = new Map<number, Finish>();
  #usage: Usage | null = null;
  #held = 0;
  #out = '';

  constructor(view: AnswerView) {
    this.#form = streamForm(view.call.streamForm);
    this.#tail = `,"modelVersion":${JSON.stringify(view.model)},"responseId":${JSON.stringify(view.id)}}`;
  }

  get contentType(): string {
    return this.#form.contentType;
  }

  start(_id: string | null, _model: string | null): void {}

  open(n: number, choice: number, block: Block): void {
    this.#blocks.set(n, { choice, block, pieces: [], proof: undefined });
  }

  delta(n: number, text: string): void {
    const open = this.#blocks.get(n);
    if (open === undefined) return;
    switch (open.block.kind) {
      case 'text':
      case 'refusal':
        return this.#part(open.choice, `{"text":${JSON.stringify(text)}}`);
      case 'reasoning':
        return this.#part(open.choice, `{"text":${JSON.stringify(text)},"thought":true}`);
      default:
        this.#held += text.length;
        if (this.#held <= MAX_HELD_CHARS) open.pieces.push(text);
    }
  }

  proof(n: number, proof: Proof): void {
    const open = this.#blocks.get(n);
    if (open !== undefined) open.proof = proof;
  }

  close(n: number): void {
    const open = this.#blocks.get(n);
    if (open === undefined) return;
    this.#blocks.delete(n);
    const { choice, block, proof } = open;
    if (block.kind === 'text' || block.kind === 'refusal') return;
    if (block.kind === 'reasoning') {
      if (proof !== undefined) this.#whole(choice, writeThought('', proof));
      return;
    }
    if (this.#held > MAX_HELD_CHARS) {
      this.#malformed.set(choice, 'A part of the answer is too long to be sent in one piece.');
      return;
    }
    const text = open.pieces.join('');
    this.#held -= text.length;
    const part = writePart(
      block.kind === 'tool_call' && proof !== undefined ? { ...block, text, proof } : { ...block, text },
    );
    if (part instanceof MalformedCall) this.#malformed.set(choice, part.message);
    else this.#whole(choice, part);
  }

  finish(choice: number, finish: Finish): void {
    this.#finishes.set(choice, finish);
  }

  usage(usage: Usage): void {
    this.#usage = usage;
  }

  end(): void {}

  fail(_error: ProviderError): void {}

  take(): string {
    const out = this.#out;
    this.#out = '';
    return out;
  }

  ending(): string {
    const usage = this.#usage === null ? '' : `,"usageMetadata":${JSON.stringify(writeUsage(this.#usage))}`;
    let out = '';
    for (const [index, finish] of this.#finishes.size === 0 ? [[0, null] as const] : this.#finishes) {
      const end = writeEnd({ finish }, this.#malformed.get(index) ?? null);
      const candidate = JSON.stringify({ content: { parts: [{ text: '' }], role: 'model' }, ...end, index });
      out += this.#form.event(`{"candidates":[${candidate}]${usage}${this.#tail}`);
    }
    return out + this.#form.close();
  }

  broken(error: ClientError): string {
    return this.#form.event(errorBody(error)) + this.#form.close();
  }

  #whole(choice: number, part: unknown): void {
    const text = part === null ? null : stringifyDeep(part);
    if (text !== null) this.#part(choice, text);
  }

  #part(choice: number, part: string): void {
    const candidate = `{"content":{"parts":[${part}],"role":"model"},"index":${choice}}`;
    this.#out += this.#form.event(`{"candidates":[${candidate}]${this.#tail}`);
  }
}
