import { randomBytes } from 'node:crypto';
import type { Answer, AnswerSink, Block, BlockKind, ProviderError } from '../../neutral/answer.ts';
import { Collector } from '../../neutral/collect.ts';
import { isObject } from '../../object.ts';
import { parseExact, stringifyDeep } from '../../parse-exact.ts';
import { errorIn } from './errors.ts';
import { readFinish } from './finish.ts';
import { readUsage } from './usage.ts';

/** One candidate while it is read. */
interface Candidate {
  readonly index: number;
  /** The block that is open, of a kind that goes on in the next part. */
  open: { readonly n: number; readonly kind: BlockKind } | null;
  sawToolCall: boolean;
  finish: string | null;
}

/** More candidates than this no request can ask for. */
const MAX_CANDIDATES = 64;

/**
 * Reads responses of `generateContent`: one, or those of a stream, into a sink. Each part that goes on with the kind of the
 * one before it adds to the same block; a call comes whole. `finish` is told at the end: some models name a reason in every piece.
 */
export class ResponseReader {
  readonly #sink: AnswerSink;
  readonly #candidates = new Map<number, Candidate>();
  #started = false;
  #blocked: string | null = null;
  #blocks = 0;
  #calls = 0;
  #idStem: string | null = null;

  constructor(sink: AnswerSink) {
    this.#sink = sink;
  }

  read(response: Readonly<Record<string, unknown>>): void {
    if (!this.#started) {
      this.#started = true;
      const { responseId: id, modelVersion: model } = response;
      this.#sink.start(typeof id === 'string' ? id : null, typeof model === 'string' ? model : null);
    }
    if (this.#idStem === null && typeof response.responseId === 'string') this.#idStem = response.responseId;
    const { candidates, usageMetadata, promptFeedback } = response;
    if (Array.isArray(candidates)) for (const each of candidates) if (isObject(each)) this.#candidate(each);
    if (isObject(promptFeedback) && typeof promptFeedback.blockReason === 'string')
      this.#blocked = promptFeedback.blockReason;
    if (isObject(usageMetadata)) this.#sink.usage(readUsage(usageMetadata));
  }

  /** Nothing more comes. True when the answer was complete: every candidate named its reason, or the prompt was refused. */
  end(): boolean {
    const candidates = [...this.#candidates.values()];
    if (candidates.length === 0) {
      if (this.#blocked === null) return false;
      this.#sink.finish(0, { reason: 'content_filter', raw: this.#blocked });
      return true;
    }
    if (candidates.some((candidate) => candidate.finish === null)) return false;
    for (const candidate of candidates) {
      this.#close(candidate);
      this.#sink.finish(candidate.index, readFinish(candidate.finish as string, candidate.sawToolCall));
    }
    return true;
  }

  #candidate(given: Readonly<Record<string, unknown>>): void {
    const index = typeof given.index === 'number' && Number.isInteger(given.index) ? given.index : 0;
    if (index < 0 || index >= MAX_CANDIDATES) return;
    let candidate = this.#candidates.get(index);
    if (candidate === undefined) {
      candidate = { index, open: null, sawToolCall: false, finish: null };
      this.#candidates.set(index, candidate);
    }
    const { content, finishReason } = given;
    if (isObject(content) && Array.isArray(content.parts)) {
      for (const part of content.parts) if (isObject(part)) this.#part(candidate, part);
    }
    if (typeof finishReason === 'string') candidate.finish = finishReason;
  }

  #part(candidate: Candidate, part: Readonly<Record<string, unknown>>): void {
    const { text, functionCall, inlineData, thoughtSignature } = part;
    const signature = typeof thoughtSignature === 'string' && thoughtSignature !== '' ? thoughtSignature : null;
    if (typeof text === 'string') this.#text(candidate, text, part.thought === true, signature);
    else if (isObject(functionCall) && typeof functionCall.name === 'string') {
      this.#call(candidate, functionCall, functionCall.name, signature);
    } else if (isObject(inlineData) && typeof inlineData.data === 'string') {
      const mediaType = typeof inlineData.mimeType === 'string' ? inlineData.mimeType : 'application/octet-stream';
      const kind = mediaType.startsWith('audio/') ? 'audio' : 'image';
      this.#whole(candidate, { kind, mediaType, text: '' }, inlineData.data);
      if (signature !== null) this.#unreadable(candidate, signature);
    } else {
      this.#whole(candidate, { kind: 'other', protocol: 'gemini', raw: part, text: '' }, '');
    }
  }

  #text(candidate: Candidate, text: string, thought: boolean, signature: string | null): void {
    const kind = thought ? 'reasoning' : 'text';
    if (text !== '' || (thought && signature !== null)) {
      if (candidate.open?.kind !== kind) {
        this.#close(candidate);
        candidate.open = { n: this.#blocks++, kind };
        this.#sink.open(candidate.open.n, candidate.index, { kind, text: '' });
      }
      const { n } = candidate.open;
      if (text !== '') this.#sink.delta(n, text);
      if (thought && signature !== null) {
        this.#sink.proof(n, { protocol: 'gemini', value: signature });
        this.#close(candidate);
      }
    }
    if (!thought && signature !== null) this.#unreadable(candidate, signature);
  }

  /** A signature on a text, or on an empty one, stands for thoughts nobody can read: it has to come back all the same. */
  #unreadable(candidate: Candidate, signature: string): void {
    this.#close(candidate);
    const n = this.#blocks++;
    this.#sink.open(n, candidate.index, { kind: 'reasoning', text: '', redacted: true });
    this.#sink.proof(n, { protocol: 'gemini', value: signature });
    this.#sink.close(n);
  }

  #call(candidate: Candidate, call: Readonly<Record<string, unknown>>, name: string, signature: string | null): void {
    this.#close(candidate);
    candidate.sawToolCall = true;
    const n = this.#blocks++;
    const id = typeof call.id === 'string' && call.id !== '' ? call.id : this.#newId();
    this.#sink.open(n, candidate.index, { kind: 'tool_call', id, name, text: '' });
    // `null` is what nests too deeply to be written again: told as it is, a text that is no JSON.
    this.#sink.delta(n, isObject(call.args) ? (stringifyDeep(call.args) ?? '[nested too deeply]') : '{}');
    if (signature !== null) this.#sink.proof(n, { protocol: 'gemini', value: signature });
    this.#sink.close(n);
  }

  #whole(candidate: Candidate, block: Block, text: string): void {
    this.#close(candidate);
    const n = this.#blocks++;
    this.#sink.open(n, candidate.index, block);
    if (text !== '') this.#sink.delta(n, text);
    this.#sink.close(n);
  }

  #close(candidate: Candidate): void {
    if (candidate.open === null) return;
    this.#sink.close(candidate.open.n);
    candidate.open = null;
  }

  /** Unique over a conversation, and of a form every client takes (letters, digits, `_`; at most 40). */
  #newId(): string {
    this.#idStem ??= randomBytes(12).toString('hex');
    return `call_${this.#idStem.replace(/[^A-Za-z0-9]/g, '').slice(0, 26)}_${this.#calls++}`;
  }
}

/** True for a parsed body that has the form of a response. */
export function isResponse(body: unknown): body is Readonly<Record<string, unknown>> {
  if (!isObject(body)) return false;
  return Array.isArray(body.candidates) || isObject(body.promptFeedback) || isObject(body.usageMetadata);
}

/** Reads a whole answer. One without a finish reason has none: it was cut, and says so by `finish: null`. */
export function readAnswer(text: string): Answer | ProviderError | null {
  const body = parseExact(text);
  const error = errorIn(body, 502);
  if (error !== null) return error;
  if (!isResponse(body)) return null;
  const collector = new Collector();
  const reader = new ResponseReader(collector);
  reader.read(body);
  reader.end();
  return collector.answer.choices.length === 0 ? null : collector.answer;
}
