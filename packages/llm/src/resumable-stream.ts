import type { AnswerStream, ClientError, ProviderCodec, StreamReader, StreamWriter, Target } from './codec.ts';
import type { AnswerSink, Block, Finish, ProviderError } from './neutral/answer.ts';
import type { Proof } from './neutral/call.ts';
import type { NotedAnswer } from './neutral/noted.ts';
import { addUsage, type Usage } from './neutral/usage.ts';
import { NotedStream } from './noted-stream.ts';

/** A longer text is not gone on with: it would all be sent again. */
const MAX_CHARS = 200_000;

/** Writes an answer as another writer does, and knows whether it could be gone on with: one text, not ended, nothing else. */
class ResumePoint implements StreamWriter {
  readonly contentType?: string;
  readonly #next: StreamWriter;
  #text = '';
  #spoiled = false;
  /** Number of the text that is open; -1 before there is one. */
  block = -1;
  /** Higher than the numbers of all blocks so far. */
  free = 0;

  constructor(next: StreamWriter) {
    this.#next = next;
    if (next.contentType !== undefined) this.contentType = next.contentType;
  }

  /** What was said so far; `null` where it cannot be gone on with. */
  get said(): string | null {
    return this.#spoiled || this.#text.trim() === '' ? null : this.#text;
  }

  start(id: string | null, model: string | null): void {
    this.#next.start(id, model);
  }

  open(n: number, choice: number, block: Block): void {
    if (block.kind !== 'text' || choice !== 0 || this.block !== -1) this.#spoiled = true;
    else this.block = n;
    this.free = Math.max(this.free, n + 1);
    this.#next.open(n, choice, block);
  }

  delta(n: number, text: string): void {
    if (this.#text.length + text.length > MAX_CHARS) this.#spoiled = true;
    if (!this.#spoiled) this.#text += text;
    this.#next.delta(n, text);
  }

  proof(n: number, proof: Proof): void {
    this.#next.proof(n, proof);
  }

  close(n: number): void {
    this.#spoiled = true;
    this.#next.close(n);
  }

  finish(choice: number, finish: Finish): void {
    this.#spoiled = true;
    this.#next.finish(choice, finish);
  }

  usage(usage: Usage): void {
    this.#next.usage(usage);
  }

  end(): void {
    this.#next.end();
  }

  fail(error: ProviderError): void {
    this.#next.fail(error);
  }

  take(): string {
    return this.#next.take();
  }

  ending(): string {
    return this.#next.ending();
  }

  broken(error: ClientError): string {
    return this.#next.broken(error);
  }
}

/** Hears the answer that goes on with another, as more of that: its first text belongs to the one that is open. */
class Continuation implements AnswerSink {
  readonly #noted: NotedAnswer;
  readonly #before: Usage;
  readonly #block: number;
  /** What the numbers of its blocks become. */
  readonly #numbers = new Map<number, number>();
  #free: number;
  #open = true;
  /** Spaces the first part ended with, which the model may say again: those of them that it has not said yet. */
  #seam: string;

  constructor(noted: NotedAnswer, point: ResumePoint, before: Usage) {
    this.#noted = noted;
    this.#before = before;
    this.#block = point.block;
    this.#free = point.free;
    this.#seam = /\s*$/.exec(point.said ?? '')?.[0] ?? '';
  }

  start(_id: string | null, model: string | null): void {
    this.#noted.providerModel = model;
  }

  open(n: number, choice: number, block: Block): void {
    // Thoughts about how to go on are none of the answer's.
    if (choice !== 0 || block.kind === 'reasoning') return;
    if (block.kind === 'text' && this.#open && this.#numbers.size === 0) {
      this.#numbers.set(n, this.#block);
      return;
    }
    this.#closeText();
    const number = this.#free++;
    this.#numbers.set(n, number);
    this.#noted.open(number, choice, block);
  }

  delta(n: number, text: string): void {
    const number = this.#numbers.get(n);
    if (number === undefined) return;
    const fresh = number === this.#block ? this.#behindSeam(text) : text;
    if (fresh !== '') this.#noted.delta(number, fresh);
  }

  proof(n: number, proof: Proof): void {
    const number = this.#numbers.get(n);
    if (number !== undefined) this.#noted.proof(number, proof);
  }

  close(n: number): void {
    const number = this.#numbers.get(n);
    if (number === undefined) return;
    if (number === this.#block) this.#closeText();
    else this.#noted.close(number);
  }

  finish(choice: number, finish: Finish): void {
    if (choice !== 0) return;
    this.#closeText();
    this.#noted.finish(choice, finish);
  }

  /** The caller is told what both parts took. */
  usage(usage: Usage): void {
    this.#noted.usageBeside(usage, addUsage(this.#before, usage));
  }

  end(): void {
    this.#noted.end();
  }

  fail(error: ProviderError): void {
    this.#noted.fail(error);
  }

  #closeText(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#noted.close(this.#block);
  }

  #behindSeam(text: string): string {
    let same = 0;
    while (same < text.length && same < this.#seam.length && text[same] === this.#seam[same]) same++;
    this.#seam = same === text.length ? this.#seam.slice(same) : '';
    return text.slice(same);
  }
}

/** A provider's stream in the client's protocol, which another answer may go on with where it breaks off in a plain text. */
export class ResumableStream extends NotedStream implements AnswerStream {
  readonly contentType?: string;
  readonly #point: ResumePoint;
  #reader: StreamReader;

  constructor(from: ProviderCodec, writer: StreamWriter, target: Target) {
    const point = new ResumePoint(writer);
    super(point);
    this.#point = point;
    if (writer.contentType !== undefined) this.contentType = writer.contentType;
    this.#reader = from.streamReader(this.noted, target);
  }

  get said(): string | null {
    return this.#point.said;
  }

  resume(from: ProviderCodec, target: Target, before: Usage): void {
    this.noted.reopen();
    this.#reader = from.streamReader(new Continuation(this.noted, this.#point, before), target);
  }

  feed(bytes: Buffer): string {
    if (this.noted.state === 'open') this.#reader.feed(bytes);
    return this.#point.take();
  }

  end(): string {
    if (this.noted.state === 'open') this.#reader.end();
    return this.#point.take();
  }

  ending(): string {
    return this.#point.ending();
  }

  broken(error: ClientError): string {
    return this.#point.broken(error);
  }
}
