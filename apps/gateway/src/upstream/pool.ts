import { Client } from 'undici';
import type { AddressCheck } from './addresses.ts';
import { safeConnector } from './safe-connect.ts';

/** Connections to one upstream at most; further calls wait in line. */
const MAX_CONNECTIONS = 2048;
/** Ours must give up an idle connection before the upstream does; Node servers keep them for 5 s. */
const KEEP_ALIVE_MS = 4000;

/** A call that is given a connection when one is free. */
export interface Dispatchable {
  dispatchOn(client: Client): void;
}

/**
 * Connections to one origin as a stack of clients that carry one call each at a time; the one used last is used next.
 * Leaner than undici's `Pool`, which asks every client on every call.
 */
export class ClientPool {
  readonly origin: string;
  lastUsedAt = 0;
  readonly #options: Client.Options;
  readonly #free: Client[] = [];
  readonly #waiting: Dispatchable[] = [];
  #total = 0;

  constructor(origin: string, connectMs: number, check: AddressCheck) {
    this.origin = origin;
    this.#options = {
      connect: safeConnector({ check, timeoutMs: connectMs }),
      connectTimeout: connectMs,
      // Each call keeps its own time (call.ts).
      headersTimeout: 0,
      bodyTimeout: 0,
      allowH2: false,
      keepAliveTimeout: KEEP_ALIVE_MS,
      keepAliveMaxTimeout: 60_000,
      pipelining: 1,
    };
  }

  /** Gives the call a connection, now or when one is free. */
  run(call: Dispatchable): void {
    const client = this.#free.pop() ?? (this.#total < MAX_CONNECTIONS ? this.#grow() : null);
    if (client) call.dispatchOn(client);
    else this.#waiting.push(call);
  }

  /** The call is over. */
  release(client: Client): void {
    const next = this.#waiting.shift();
    if (next) next.dispatchOn(client);
    else this.#free.push(client);
  }

  /** Leaves the line. */
  forget(call: Dispatchable): void {
    const at = this.#waiting.indexOf(call);
    if (at !== -1) this.#waiting.splice(at, 1);
  }

  /** Lets go of clients whose connection has closed by itself. */
  trim(): void {
    for (let i = this.#free.length - 1; i >= 0; i--) {
      const client = this.#free[i] as Client;
      if (client.stats.connected) continue;
      this.#free.splice(i, 1);
      this.#total--;
      void client.close();
    }
  }

  get idle(): boolean {
    return this.#free.length === this.#total;
  }

  async destroy(): Promise<void> {
    await Promise.all(this.#free.splice(0).map((client) => client.destroy()));
  }

  #grow(): Client {
    this.#total++;
    return new Client(this.origin, this.#options);
  }
}

const TRIM_MS = 15_000;
const FORGET_AFTER_MS = 600_000;

/** All pools of this process, by origin and connect time-out. They outlive changes of configuration. */
export class Upstreams {
  readonly #check: AddressCheck;
  readonly #pools = new Map<string, ClientPool>();
  readonly #timer: NodeJS.Timeout;

  constructor(check: AddressCheck) {
    this.#check = check;
    this.#timer = setInterval(() => this.#tidy(), TRIM_MS).unref();
  }

  pool(origin: string, connectMs: number): ClientPool {
    const key = `${origin} ${connectMs}`;
    let pool = this.#pools.get(key);
    if (!pool) {
      pool = new ClientPool(origin, connectMs, this.#check);
      this.#pools.set(key, pool);
    }
    pool.lastUsedAt = performance.now();
    return pool;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all([...this.#pools.values()].map((pool) => pool.destroy()));
  }

  #tidy(): void {
    const before = performance.now() - FORGET_AFTER_MS;
    for (const [key, pool] of this.#pools) {
      pool.trim();
      if (pool.idle && pool.lastUsedAt < before) {
        this.#pools.delete(key);
        void pool.destroy();
      }
    }
  }
}
