import type { AnswerView, ClientError, StreamWriter } from '../../codec.ts';
import type { Block, BlockKind, Finish } from '../../neutral/answer.ts';
import type { Proof } from '../../neutral/call.ts';
import type { Usage } from '../../neutral/usage.ts';
import { errorObject } from './errors.ts';
import { writeFinish } from './finish.ts';
import { thoughtDetail, writeProof } from './thoughts.ts';
import { answerId, writeUsage } from './write-answer.ts';

/** What a chunk has to know of an open block. */
interface OpenBlock {
  readonly kind: BlockKind;
  readonly choice: number;
  /** Of a tool call: its place among the choice's calls. */
  readonly index: number;
  readonly redacted: boolean | undefined;
  readonly mediaType: string;
  /** Of generated media: base64 so far. Of thoughts: their text, which their proof is worth nothing without. */
  data: string;
}

/** Deltas that hold one text each, by what they carry. */
const FIELDS: Partial<Record<BlockKind, string>> = {
  text: '"content":',
  refusal: '"refusal":',
  reasoning: '"reasoning_content":',
};

/** Writes an answer as chat completion chunks. */
export class ChatStreamWriter implements StreamWriter {
  readonly #view: AnswerView;
  readonly #blocks = new Map<number, OpenBlock>();
  /** Tool calls so far, by choice; a choice that is in it has had its role. */
  readonly #calls: number[] = [];
  #head = '';
  #out = '';
  #ending = '';
  #usage: Usage | null = null;

  constructor(view: AnswerView) {
    this.#view = view;
    this.#setHead(null);
  }

  start(id: string | null, _model: string | null): void {
    this.#setHead(id);
    this.#role(0);
  }

  open(n: number, choice: number, block: Block): void {
    this.#role(choice);
    const index = block.kind === 'tool_call' ? (this.#calls[choice] as number) : 0;
    const mediaType = block.kind === 'image' || block.kind === 'audio' ? block.mediaType : '';
    const redacted = block.kind === 'reasoning' ? block.redacted : undefined;
    this.#blocks.set(n, { kind: block.kind, choice, index, redacted, mediaType, data: '' });
    if (block.kind === 'tool_call') {
      this.#calls[choice] = index + 1;
      const call = { index, id: block.id, type: 'function', function: { name: block.name, arguments: '' } };
      this.#delta(choice, `"tool_calls":[${JSON.stringify(call)}]`);
    } else if (block.kind === 'other' && block.protocol === 'openai_chat') {
      this.#delta(choice, `"tool_calls":[${JSON.stringify(block.raw)}]`);
    }
  }

  delta(n: number, text: string): void {
    const block = this.#blocks.get(n);
    if (block === undefined) return;
    const field = FIELDS[block.kind];
    if (block.kind === 'reasoning') block.data += text;
    if (field !== undefined) this.#delta(block.choice, field + JSON.stringify(text));
    else if (block.kind === 'tool_call') {
      this.#delta(
        block.choice,
        `"tool_calls":[{"index":${block.index},"function":{"arguments":${JSON.stringify(text)}}}]`,
      );
    } else block.data += text;
  }

  proof(n: number, proof: Proof): void {
    const block = this.#blocks.get(n);
    if (block?.kind === 'reasoning') {
      this.#delta(
        block.choice,
        `"reasoning_details":[${JSON.stringify(thoughtDetail(block.data, proof, block.redacted))}]`,
      );
    } else if (block?.kind === 'tool_call' && writeProof(proof) !== undefined) {
      const call = { index: block.index, extra_content: writeProof(proof) };
      this.#delta(block.choice, `"tool_calls":[${JSON.stringify(call)}]`);
    }
  }

  close(n: number): void {
    const block = this.#blocks.get(n);
    this.#blocks.delete(n);
    if (block?.kind !== 'image') return;
    const image = { type: 'image_url', image_url: { url: `data:${block.mediaType};base64,${block.data}` } };
    this.#delta(block.choice, `"images":[${JSON.stringify(image)}]`);
  }

  finish(choice: number, finish: Finish): void {
    this.#role(choice);
    const reason = JSON.stringify(writeFinish(finish.reason));
    const stop = finish.stopSequence === undefined ? '' : `,"stop_reason":${JSON.stringify(finish.stopSequence)}`;
    this.#out += this.#event(`{"index":${choice},"delta":{},"finish_reason":${reason}${stop}}`);
  }

  usage(usage: Usage): void {
    this.#usage = usage;
  }

  end(): void {
    if (this.#view.call.wantsUsage && this.#usage !== null) {
      this.#ending = `data: ${this.#head}"choices":[],"usage":${JSON.stringify(writeUsage(this.#usage))}}\n\n`;
    }
    this.#ending += 'data: [DONE]\n\n';
  }

  fail(): void {}

  take(): string {
    const out = this.#out;
    this.#out = '';
    return out;
  }

  ending(): string {
    return this.#ending;
  }

  broken(error: ClientError): string {
    const choice = '{"index":0,"delta":{},"finish_reason":"error"}';
    return `data: ${this.#head}"choices":[${choice}],"error":${JSON.stringify(errorObject(error))}}\n\n`;
  }

  #setHead(id: string | null): void {
    const { createdS, model } = this.#view;
    const head = { id: answerId(id, this.#view), object: 'chat.completion.chunk', created: createdS, model };
    this.#head = `${JSON.stringify(head).slice(0, -1)},`;
  }

  /** The first chunk of each choice says who speaks. */
  #role(choice: number): void {
    for (let i = this.#calls.length; i <= choice; i++) {
      this.#calls.push(0);
      this.#out += this.#event(`{"index":${i},"delta":{"role":"assistant","content":""},"finish_reason":null}`);
    }
  }

  #delta(choice: number, members: string): void {
    this.#out += this.#event(`{"index":${choice},"delta":{${members}},"finish_reason":null}`);
  }

  #event(choice: string): string {
    return `data: ${this.#head}"choices":[${choice}]${this.#view.call.wantsUsage ? ',"usage":null' : ''}}\n\n`;
  }
}
