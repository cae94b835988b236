import { setTimeout as delay } from 'node:timers/promises';
import type { Exchange } from '../exchange.ts';
import type { Ports } from '../ports/ports.ts';
import type { BatchState, ClaimedBatch } from './batch.ts';
import type { BatchEnd, KeptResult } from './batch-store.ts';
import type { FileFacts } from './file.ts';
import { readLines } from './file-content.ts';
import { gather } from './gather.ts';
import { type BatchCall, LINE_FORMS, type LineResult } from './line-form.ts';
import type { LineSlots } from './line-slots.ts';
import { roomIn } from './room.ts';
import { lineId, type NotYet, runLine } from './run-line.ts';
import { validate } from './validate.ts';

/** How a turn of a batch ended: it is over, or comes again. */
export type TurnEnd = 'over' | 'again';

/** Begun so often without one result, a batch is given up. */
const MOST_TRIES = 10;
/** A node that has other things to do looks again after this. */
const BUSY_MS = 250;
/** Longest pause before limits are asked again. */
const LONGEST_PAUSE_MS = 5000;
const NO_ROOM = 'The call was made, but there is no room to keep its answer: delete files that are not needed.';

/**
 * A node's turn at a batch: it is validated, its calls are made a few at a time, and what they were answered is put together.
 * Everything is kept as it comes, so that any node can go on where this one stops.
 */
export class BatchTurn {
  readonly batch: ClaimedBatch;
  readonly #ports: Ports;
  readonly #slots: LineSlots;
  /** When others have their turn. */
  #until: number;
  readonly #running = new Set<Exchange>();
  #state: BatchState;
  /** Another node's now, or this one stops: nothing more is written. */
  #lost = false;
  /** `performance.now()` before which limits let no call through. */
  #pausedUntil = 0;

  /** `turnMs`: after so long others have their turn. */
  constructor(batch: ClaimedBatch, ports: Ports, slots: LineSlots, turnMs: number) {
    this.batch = batch;
    this.#ports = ports;
    this.#slots = slots;
    this.#state = batch.state;
    this.#until = performance.now() + turnMs;
  }

  /** What others have made of it: only that it is being cancelled is not this turn's own doing. */
  note(state: BatchState): void {
    if (state === 'cancelling') this.#state = state;
  }

  /** Stops what runs without a record: it is another's from here on. */
  letGo(): void {
    this.#lost = true;
    for (const exchange of this.#running) {
      if (exchange.settled) continue;
      exchange.settled = true;
      exchange.call?.abort();
      exchange.modelCall?.settled();
    }
  }

  async run(): Promise<TurnEnd> {
    const { files, store } = this.#ports.batches;
    const { facts, tries } = this.batch;
    const input = await files.view(facts.inputFileId);
    if (input === null) return this.#fail('file_not_found', 'The file of the batch is gone.');
    if (tries > MOST_TRIES) return this.#fail('batch_interrupted', 'The batch was begun, and broken off each time.');
    if (this.#state === 'validating' && !(await this.#validate(input))) return 'over';
    if (this.#state === 'in_progress' && !(await this.#makeCalls(input))) return this.#lost ? 'over' : 'again';
    if (this.#lost) return 'over';
    const view = await store.view(facts.id);
    if (view === null) return 'over';
    return this.#end(await gather(view, input, this.#ports.batches));
  }

  async #fail(code: string, message: string): Promise<TurnEnd> {
    const problems = [{ code, message, param: null, line: null }];
    return this.#end({ state: 'failed', outputFileId: null, errorFileId: null, unmade: 0, problems });
  }

  async #end(end: BatchEnd): Promise<TurnEnd> {
    await this.#ports.batches.store.end(this.batch, end);
    return 'over';
  }

  async #validate(input: FileFacts): Promise<boolean> {
    const { total, problems } = await validate(this.batch.facts, input, this.#ports);
    if (problems.length === 0) return this.#move('in_progress', total);
    await this.#end({ state: 'failed', outputFileId: null, errorFileId: null, unmade: 0, problems });
    return false;
  }

  async #move(state: BatchState, total: number): Promise<boolean> {
    const now = await this.#ports.batches.store.move(this.batch, state, total);
    if (now === null) this.letGo();
    else this.#state = now;
    return now !== null;
  }

  get #isOver(): boolean {
    return this.#ports.clock.nowMs() >= this.batch.facts.expiresAtMs;
  }

  /** No further call is begun now. */
  get #stops(): boolean {
    return this.#lost || this.#state !== 'in_progress' || this.#isOver || performance.now() > this.#until;
  }

  /** Makes what calls have no result yet. False where the batch comes again. */
  async #makeCalls(input: FileFacts): Promise<boolean> {
    const { store } = this.#ports.batches;
    const { facts } = this.batch;
    const known = await store.known(facts.id);
    const made = new Set<Promise<void>>();
    let left = false;
    const failures: unknown[] = [];
    let total = 0;
    for await (const { number, text } of readLines(this.#ports.batches, input)) {
      total++;
      if (known.has(number)) continue;
      while (!this.#stops && made.size >= facts.rules.concurrency) await Promise.race(made);
      if (this.#stops) {
        left = true;
        break;
      }
      const read = LINE_FORMS[facts.dialect].read(text, facts.endpoint);
      if ('code' in read) continue;
      const call = this.#make(number, read)
        .then(
          (done) => {
            left ||= !done;
          },
          (error: unknown) => {
            failures.push(error);
            this.#until = 0;
          },
        )
        .finally(() => made.delete(call));
      made.add(call);
    }
    await Promise.all(made);
    if (failures.length > 0) throw failures[0];
    if (this.#lost) return false;
    if (!left) return this.#move('finalizing', total);
    return this.#state === 'cancelling' || this.#isOver;
  }

  /** Makes one call, when this node and the limits let it. False where it was not made. */
  async #make(number: number, call: BatchCall): Promise<boolean> {
    while (!this.#stops) {
      if (!(await this.#mayBegin())) continue;
      await this.#slots.take();
      try {
        const result = this.#stops ? null : await this.#ask(number, call);
        if (result === null) return false;
        if (result.kind !== 'later') return await this.#keep(number, call, result);
        this.#pause(result.afterMs);
      } finally {
        this.#slots.give();
      }
    }
    return false;
  }

  #pause(ms: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, performance.now() + Math.min(ms, LONGEST_PAUSE_MS));
  }

  /** Calls that are answered at once come first, and what limits refuse waits. */
  async #mayBegin(): Promise<boolean> {
    const { life, meter } = this.#ports;
    const waitMs = this.#pausedUntil - performance.now();
    const busy = life.overload > 0 || !meter.accepts();
    if (waitMs <= 0 && !busy) return true;
    await delay(Math.max(busy ? BUSY_MS : 0, Math.min(waitMs, BUSY_MS)), undefined, { ref: false });
    return false;
  }

  async #ask(number: number, { body }: BatchCall): Promise<LineResult | NotYet | null> {
    const { exchange, end } = runLine(this.batch.facts, number, body, this.#ports);
    this.#running.add(exchange);
    try {
      const result = await Promise.race([end, this.#gone(exchange)]);
      if (exchange.admission !== null) this.#pause(roomIn(exchange.admission) * 1000);
      return result;
    } finally {
      this.#running.delete(exchange);
    }
  }

  /** Resolves should the call be let go: nothing is heard of it then. */
  async #gone(exchange: Exchange): Promise<null> {
    while (!this.#lost && this.#running.has(exchange)) await delay(BUSY_MS, undefined, { ref: false });
    return this.#lost ? null : new Promise<null>(() => {});
  }

  async #keep(number: number, call: BatchCall, result: LineResult): Promise<boolean> {
    if (this.#lost) return false;
    const said = await this.#write(number, call, result);
    if (said === 'gone') this.letGo();
    if (said === 'stop') this.#state = 'cancelling';
    if (said === 'heavy') await this.#write(number, call, { kind: 'unmade', code: 'no_room', message: NO_ROOM });
    return said !== 'gone';
  }

  #write(number: number, { customId }: BatchCall, result: LineResult): Promise<KeptResult> {
    const { seals, store } = this.#ports.batches;
    const { id, applicationId, dialect } = this.batch.facts;
    const good = result.kind === 'answered' && result.status < 400;
    const text = LINE_FORMS[dialect].write(result, { customId, id: lineId(id, number) });
    const sealed = seals.seal(applicationId, `result:${id}:${number}`, Buffer.from((good ? '+' : '-') + text));
    return store.result(this.batch, number, good, sealed);
  }
}
