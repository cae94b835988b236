import { newId } from '@parley/kernel/id';
import type { Ports } from '../ports/ports.ts';
import type { ClaimedBatch } from './batch.ts';
import { BatchTurn, type TurnEnd } from './batch-run.ts';
import { LineSlots } from './line-slots.ts';

export interface BatchTimes {
  /** How long a batch is this node's without a sign of life. */
  readonly leaseMs: number;
  /** Looks for batches this often when there were none. */
  readonly pollMs: number;
  /** After so long at one batch others have their turn. */
  readonly turnMs: number;
  /** Batches that this node is at, and calls of theirs that it makes at once. */
  readonly batches: number;
  readonly lines: number;
}

export const BATCH_TIMES: BatchTimes = { leaseMs: 15_000, pollMs: 1000, turnMs: 60_000, batches: 4, lines: 16 };

/** Signs of life in one lease. */
const BEATS = 5;
/** Pause before a batch comes again whose turn failed. */
const AGAIN_MS = 5000;

interface Held {
  readonly turn: BatchTurn;
  /** `performance.now()` until which it is surely this node's. */
  until: number;
}

/**
 * Works batches off, beside the calls that are answered now: only while the node is not overloaded, a few at once, each for a
 * while. A batch is leased; a node that cannot renew its lease lets go before another may begin.
 */
export class BatchRunner {
  readonly #ports: Ports;
  readonly #times: BatchTimes;
  readonly #slots: LineSlots;
  readonly #held = new Map<string, Held>();
  #beat: NodeJS.Timeout | null = null;
  #poll: NodeJS.Timeout | null = null;
  #looking = false;
  #again = false;
  #closing = false;
  #away = false;

  constructor(ports: Ports, times: Partial<BatchTimes> = {}) {
    this.#ports = ports;
    this.#times = { ...BATCH_TIMES, ...times };
    this.#slots = new LineSlots(this.#times.lines);
  }

  start(): void {
    this.#beat = setInterval(() => void this.#renew(), this.#times.leaseMs / BEATS).unref();
    this.#poll = setInterval(() => this.look(), this.#times.pollMs).unref();
  }

  /** There may be something to do. */
  look(): void {
    if (this.#looking) this.#again = true;
    else void this.#take();
  }

  /** Takes nothing new and gives what runs back, for other nodes to go on with. */
  async close(): Promise<void> {
    this.#closing = true;
    if (this.#beat !== null) clearInterval(this.#beat);
    if (this.#poll !== null) clearInterval(this.#poll);
    const held = [...this.#held.values()];
    this.#held.clear();
    for (const { turn } of held) turn.letGo();
    const { store } = this.#ports.batches;
    await Promise.all(held.map(({ turn }) => store.release(turn.batch, 0, false).catch(() => false)));
  }

  get #hasRoom(): boolean {
    const { life, meter } = this.#ports;
    if (this.#closing || life.draining || life.overload > 0 || !meter.accepts()) return false;
    return this.#held.size < this.#times.batches;
  }

  async #take(): Promise<void> {
    this.#looking = true;
    try {
      while (this.#hasRoom) {
        this.#again = false;
        const until = performance.now() + this.#times.leaseMs;
        const batch = await this.#ports.batches.store.claim(newId(), this.#times.leaseMs);
        this.#away = false;
        if (batch !== null) this.#begin(batch, until);
        else if (!this.#again) break;
      }
    } catch (error) {
      if (!this.#away) this.#ports.log.warn('batches cannot be looked for', { error });
      this.#away = true;
    } finally {
      this.#looking = false;
    }
  }

  #begin(batch: ClaimedBatch, until: number): void {
    const turn = new BatchTurn(batch, this.#ports, this.#slots, this.#times.turnMs);
    const { id } = batch.facts;
    const held: Held = { turn, until };
    this.#held.set(id, held);
    const over = (end: TurnEnd | 'failed'): Promise<void> => this.#end(held, end);
    void turn.run().then(over, (error: unknown) => {
      this.#ports.log.warn('a batch cannot go on now', { error, batch: id });
      return over('failed');
    });
  }

  async #end(held: Held, end: TurnEnd | 'failed'): Promise<void> {
    const { batch } = held.turn;
    if (this.#held.get(batch.facts.id) !== held) return;
    this.#held.delete(batch.facts.id);
    // What runs of it still is nobody's.
    held.turn.letGo();
    if (end !== 'over') {
      const { store } = this.#ports.batches;
      await store.release(batch, end === 'failed' ? AGAIN_MS : 0, end === 'failed').catch(() => false);
    }
    this.look();
  }

  async #renew(): Promise<void> {
    const held = [...this.#held.values()];
    if (held.length === 0) return;
    const { leaseMs } = this.#times;
    const at = performance.now();
    const told = held.map(({ turn }) => turn.batch);
    const states = await this.#ports.batches.store.renew(told, leaseMs).catch(() => null);
    for (const [i, one] of held.entries()) {
      const state = states?.[i];
      if (state === undefined) {
        // Before another may take it: the next beat could come too late.
        if (at + leaseMs / BEATS > one.until) this.#drop(one);
      } else if (state === 'gone') this.#drop(one);
      else {
        one.until = at + leaseMs;
        one.turn.note(state);
      }
    }
  }

  #drop(held: Held): void {
    this.#held.delete(held.turn.batch.facts.id);
    held.turn.letGo();
  }
}
