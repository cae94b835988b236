import type { AnswerView, ClientError, StreamWriter } from '../../codec.ts';
import type { Block, Finish } from '../../neutral/answer.ts';
import type { Proof } from '../../neutral/call.ts';
import type { Usage } from '../../neutral/usage.ts';
import { callProofBlock } from './call-proof.ts';
import { contentPart, incompleteReason, itemId, responseId, responseObject, writeItem } from './response-object.ts';

type Members = Readonly<Record<string, unknown>>;

/** An item of the output: a block of the answer. */
interface OpenItem {
  readonly id: string;
  readonly place: number;
  readonly block: Block;
  open: boolean;
}

/** Names of the events of a block's text, and the member that holds the whole of it. */
const TEXT_EVENTS: Partial<Readonly<Record<Block['kind'], readonly [name: string, whole: string, places: string]>>> = {
  text: ['response.output_text', 'text', '"content_index":0,'],
  refusal: ['response.refusal', 'refusal', '"content_index":0,'],
  tool_call: ['response.function_call_arguments', 'arguments', ''],
  reasoning: ['response.reasoning_summary_text', 'text', '"summary_index":0,'],
};

/** Writes an answer as the events of the Responses API, numbered in one sequence. */
export class ResponseStreamWriter implements StreamWriter {
  readonly #view: AnswerView;
  readonly #items = new Map<number, OpenItem>();
  #id: string;
  #sequence = 0;
  #out = '';
  #ending = '';
  #started = false;
  #finish: Finish | null = null;
  #usage: Usage | null = null;

  constructor(view: AnswerView) {
    this.#view = view;
    this.#id = responseId(null, view);
  }

  start(id: string | null, _model: string | null): void {
    if (this.#started) return;
    this.#started = true;
    this.#id = responseId(id, this.#view);
    const response = this.#response('in_progress', []);
    this.#event('response.created', { response });
    this.#event('response.in_progress', { response });
  }

  open(n: number, _choice: number, block: Block): void {
    this.start(null, null);
    const place = this.#items.size;
    const own = { ...block };
    const item: OpenItem = { id: itemId(block, place, this.#view), place, block: own, open: true };
    this.#items.set(n, item);
    const written = writeItem(own, item.id, 'in_progress');
    if (written === null) return;
    this.#event('response.output_item.added', { output_index: place, item: written });
    if (block.kind === 'text' || block.kind === 'refusal') {
      this.#event('response.content_part.added', { ...this.#at(item), content_index: 0, part: contentPart(own) });
    }
  }

  delta(n: number, text: string): void {
    const item = this.#items.get(n);
    if (item === undefined) return;
    const events = TEXT_EVENTS[item.block.kind];
    if (item.block.kind === 'reasoning' && item.block.text === '') this.#summaryPart(item, 'added');
    item.block.text += text;
    if (events === undefined) return;
    const [name, , places] = events;
    const obfuscation = item.block.kind === 'text' ? ',"logprobs":[]' : '';
    this.#out +=
      `event: ${name}.delta\ndata: {"type":"${name}.delta","sequence_number":${this.#sequence++},"item_id":"${item.id}",` +
      `"output_index":${item.place},${places}"delta":${JSON.stringify(text)}${obfuscation}}\n\n`;
  }

  proof(n: number, proof: Proof): void {
    const item = this.#items.get(n);
    if (item?.block.kind === 'reasoning' || item?.block.kind === 'tool_call') item.block.proof = proof;
  }

  close(n: number): void {
    const item = this.#items.get(n);
    if (item === undefined || !item.open) return;
    item.open = false;
    const { block } = item;
    const written = writeItem(block, item.id, 'completed');
    if (written === null) return;
    const events = TEXT_EVENTS[block.kind];
    if (events !== undefined && (block.kind !== 'reasoning' || block.text !== '')) this.#textDone(item, events);
    this.#event('response.output_item.done', { output_index: item.place, item: written });
    const proof = callProofBlock(block);
    if (proof === null) return;
    // Numbers of blocks are not negative: this one is the writer's own.
    this.open(-1 - n, 0, proof);
    this.close(-1 - n);
  }

  finish(choice: number, finish: Finish): void {
    if (choice === 0) this.#finish = finish;
  }

  usage(usage: Usage): void {
    this.#usage = usage;
  }

  end(): void {
    this.start(null, null);
    const said = this.#out;
    this.#out = '';
    for (const n of this.#items.keys()) this.close(n);
    const incomplete = incompleteReason(this.#finish);
    const status = incomplete === null ? 'completed' : 'incomplete';
    const response = this.#response(status, this.#output(), { incomplete });
    this.#event(`response.${status}`, { response });
    this.#ending = this.#out;
    this.#out = said;
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
    this.#out = '';
    this.#event('response.failed', { response: this.#response('failed', this.#output(), { error }) });
    return this.take();
  }

  #textDone(item: OpenItem, [name, whole]: readonly [string, string, string]): void {
    const { block } = item;
    const text = block.kind === 'tool_call' ? block.text || '{}' : block.text;
    if (block.kind === 'reasoning') {
      this.#event(`${name}.done`, { ...this.#at(item), summary_index: 0, [whole]: text });
      return this.#summaryPart(item, 'done');
    }
    if (block.kind === 'tool_call')
      return this.#event(`${name}.done`, { ...this.#at(item), name: block.name, [whole]: text });
    const logprobs = block.kind === 'text' ? { logprobs: [] } : {};
    this.#event(`${name}.done`, { ...this.#at(item), content_index: 0, [whole]: text, ...logprobs });
    this.#event('response.content_part.done', { ...this.#at(item), content_index: 0, part: contentPart(block) });
  }

  #summaryPart(item: OpenItem, what: 'added' | 'done'): void {
    const part = { type: 'summary_text', text: item.block.text };
    this.#event(`response.reasoning_summary_part.${what}`, { ...this.#at(item), summary_index: 0, part });
  }

  #at({ id, place }: OpenItem): Members {
    return { item_id: id, output_index: place };
  }

  #output(): Members[] {
    const status = (item: OpenItem) => (item.open ? 'incomplete' : 'completed');
    return Array.from(this.#items.values(), (item) => writeItem(item.block, item.id, status(item))).filter(
      (item) => item !== null,
    );
  }

  #response(
    status: 'in_progress' | 'completed' | 'incomplete' | 'failed',
    output: readonly Members[],
    more: { readonly incomplete?: string | null; readonly error?: ClientError } = {},
  ): Members {
    return responseObject(this.#view, { id: this.#id, status, output, usage: this.#usage, ...more });
  }

  #event(type: string, members: Members): void {
    const data = JSON.stringify({ type, sequence_number: this.#sequence++, ...members });
    this.#out += `event: ${type}\ndata: ${data}\n\n`;
  }
}
