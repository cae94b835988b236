import type { AnswerView, ClientError, StreamWriter } from '../../codec.ts';
import type { Block, Finish } from '../../neutral/answer.ts';
import type { Proof } from '../../neutral/call.ts';
import type { Usage } from '../../neutral/usage.ts';
import { errorBody } from './errors.ts';
import { writeFinish } from './finish.ts';
import { toolUseId } from './ids.ts';
import { callProofBlock, thoughtBlock } from './thoughts.ts';
import { writeUsage } from './usage.ts';
import { answerId, mediaAround } from './write-answer.ts';

/** Most text held back for blocks that wait for their turn. */
const MAX_HELD_CHARS = 16_777_216;

interface OpenBlock {
  readonly block: Block;
  /** Pieces that came before its turn. */
  held: string[];
  proof: Proof | undefined;
  closed: boolean;
  /** `split`: ended early, before its own close. */
  state: 'waiting' | 'current' | 'split';
}

/** A text or thought can be ended early and taken up again in a block of its own; a tool call cannot. */
function canBeSplit({ kind }: Block): boolean {
  return kind === 'text' || kind === 'refusal' || kind === 'reasoning';
}

function deltaMembers(kind: Block['kind'], text: string): string {
  if (kind === 'tool_call' || kind === 'other')
    return `"type":"input_json_delta","partial_json":${JSON.stringify(text)}`;
  if (kind === 'reasoning') return `"type":"thinking_delta","thinking":${JSON.stringify(text)}`;
  return `"type":"text_delta","text":${JSON.stringify(text)}`;
}

/**
 * Writes an answer as Anthropic's events: one block after the other, numbered from 0, whatever order they come in. Blocks that
 * open while a tool call is written are held until it is closed.
 */
export class MessageStreamWriter implements StreamWriter {
  readonly #view: AnswerView;
  readonly #blocks = new Map<number, OpenBlock>();
  /** Waiting for their turn, in order. */
  readonly #waiting: OpenBlock[] = [];
  #current: OpenBlock | null = null;
  #index = 0;
  #out = '';
  #ending = '';
  #id: string | null = null;
  #heard = false;
  #started = false;
  #usage: Usage | null = null;
  #finish: Finish | null = null;
  #called = false;
  #heldChars = 0;
  #overflowed = false;

  constructor(view: AnswerView) {
    this.#view = view;
  }

  start(id: string | null, _model: string | null): void {
    this.#id = id;
    this.#heard = true;
  }

  open(n: number, choice: number, block: Block): void {
    if (choice !== 0 || this.#overflowed) return;
    const opened: OpenBlock = { block, held: [], proof: undefined, closed: false, state: 'waiting' };
    this.#blocks.set(n, opened);
    if (this.#current !== null && canBeSplit(this.#current.block)) {
      this.#current.state = 'split';
      this.#stop();
    }
    if (this.#current === null) this.#begin(opened);
    else this.#waiting.push(opened);
  }

  delta(n: number, text: string): void {
    const open = this.#blocks.get(n);
    if (open === undefined || text === '') return;
    if (open.state === 'current') this.#out += this.#delta(deltaMembers(open.block.kind, text));
    else if (open.state === 'waiting') this.#hold(open, text);
    else this.#again(n, open, text);
  }

  proof(n: number, proof: Proof): void {
    const open = this.#blocks.get(n);
    if (open === undefined) return;
    if (open.state === 'split') this.#again(n, open, '');
    (this.#blocks.get(n) as OpenBlock).proof = proof;
  }

  close(n: number): void {
    const open = this.#blocks.get(n);
    this.#blocks.delete(n);
    if (open === undefined) return;
    open.closed = true;
    if (open.state !== 'current') return;
    this.#stop();
    this.#nextWaiting();
  }

  finish(choice: number, finish: Finish): void {
    if (choice === 0) this.#finish = finish;
  }

  usage(usage: Usage): void {
    this.#usage = usage;
  }

  end(): void {
    if (this.#overflowed) return;
    const before = this.take();
    this.#start();
    for (const open of this.#blocks.values()) open.closed = true;
    if (this.#current !== null) this.#stop();
    this.#nextWaiting();
    const delta = writeFinish(this.#finish, this.#called);
    const body = JSON.stringify({ type: 'message_delta', delta, usage: writeUsage(this.#usage) });
    const last = `event: message_delta\ndata: ${body}\n\nevent: message_stop\ndata: {"type":"message_stop"}\n\n`;
    this.#ending = this.#out + last;
    this.#out = before;
  }

  fail(): void {}

  take(): string {
    if (this.#heard) this.#start();
    const out = this.#out;
    this.#out = '';
    return out;
  }

  ending(): string {
    return this.#ending;
  }

  broken(error: ClientError): string {
    return `event: error\ndata: ${errorBody(error)}\n\n`;
  }

  /** Left until something is sent, so that usage told at the beginning can be in it. */
  #start(): void {
    if (this.#started) return;
    this.#started = true;
    const message = {
      id: answerId(this.#id, this.#view),
      type: 'message',
      role: 'assistant',
      model: this.#view.model,
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: writeUsage(this.#usage),
    };
    this.#out += `event: message_start\ndata: ${JSON.stringify({ type: 'message_start', message })}\n\n`;
  }

  #begin(open: OpenBlock): void {
    this.#start();
    this.#current = open;
    open.state = 'current';
    const { block } = open;
    if (block.kind === 'tool_call') this.#called = true;
    // A redacted thought is one event, and all of it is in its proof: it is written once that has come.
    if (block.kind === 'reasoning' && block.redacted) return;
    const empty = this.#opening(block);
    if (empty === null) return;
    this.#out += `event: content_block_start\ndata: {"type":"content_block_start","index":${this.#index},"content_block":${JSON.stringify(empty)}}\n\n`;
    if (block.kind === 'image' || block.kind === 'audio')
      this.#out += this.#delta(deltaMembers('text', mediaAround(block)[0]));
    for (const text of open.held) {
      this.#heldChars -= text.length;
      this.#out += this.#delta(deltaMembers(block.kind, text));
    }
    open.held = [];
  }

  /** The block as it is opened; `null` for what this protocol has no block for. */
  #opening(block: Block): unknown {
    if (block.kind === 'tool_call') return { type: 'tool_use', id: toolUseId(block.id), name: block.name, input: {} };
    if (block.kind === 'reasoning') return { type: 'thinking', thinking: '', signature: '' };
    if (block.kind !== 'other') return { type: 'text', text: '' };
    return block.protocol === 'anthropic' ? block.raw : null;
  }

  #stop(): void {
    const open = this.#current as OpenBlock;
    this.#current = null;
    const { block, proof } = open;
    if (block.kind === 'other' && block.protocol !== 'anthropic') return;
    if (block.kind === 'reasoning' && block.redacted) {
      if (proof !== undefined) this.#whole(thoughtBlock('', true, proof));
      return;
    }
    if (block.kind === 'reasoning' && proof !== undefined) {
      const { signature } = thoughtBlock('', false, proof);
      this.#out += this.#delta(`"type":"signature_delta","signature":${JSON.stringify(signature)}`);
    }
    if (block.kind === 'image' || block.kind === 'audio')
      this.#out += this.#delta(deltaMembers('text', mediaAround(block)[1]));
    this.#out += this.#stopEvent();
    const after = block.kind === 'tool_call' && proof !== undefined ? callProofBlock(proof) : null;
    if (after !== null) this.#whole(after);
  }

  #nextWaiting(): void {
    while (this.#current === null) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      this.#begin(next);
      if (next.closed) this.#stop();
    }
  }

  /** More of a block that was ended early: a new block of its kind. */
  #again(n: number, open: OpenBlock, text: string): void {
    this.open(n, 0, open.block);
    if (text !== '') this.delta(n, text);
  }

  #hold(open: OpenBlock, text: string): void {
    this.#heldChars += text.length;
    open.held.push(text);
    if (this.#heldChars <= MAX_HELD_CHARS) return;
    this.#overflowed = true;
    this.#blocks.clear();
    this.#waiting.length = 0;
    const error = { type: 'api_error', message: 'The model calls several tools at once, with too much to hold back.' };
    this.#out += `event: error\ndata: ${JSON.stringify({ type: 'error', error })}\n\n`;
  }

  #whole(block: unknown): void {
    this.#out += `event: content_block_start\ndata: {"type":"content_block_start","index":${this.#index},"content_block":${JSON.stringify(block)}}\n\n`;
    this.#out += this.#stopEvent();
  }

  #delta(members: string): string {
    return `event: content_block_delta\ndata: {"type":"content_block_delta","index":${this.#index},"delta":{${members}}}\n\n`;
  }

  #stopEvent(): string {
    return `event: content_block_stop\ndata: {"type":"content_block_stop","index":${this.#index++}}\n\n`;
  }
}
