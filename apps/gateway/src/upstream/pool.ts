import type { AddressCheck } from './addresses.ts';
import { type Call, Connection, ConnectionLostError, type ConnectionOwner, type Open } from './http1/connection.ts';
import { type H2Pool, H2Pools } from './http2/h2-pool.ts';
import { type SafeConnector, safeConnector } from './safe-connect.ts';

/** Connections to one upstream at most; further calls wait in line. */
const MAX_CONNECTIONS = 8192;

export interface PoolOptions {
  readonly check: AddressCheck;
  readonly connectMs: number;
  /** What `Host` and the certificate say where that is not the origin's own host. */
  readonly host?: string | null;
  /** Certificate authorities (PEM) to trust instead of the system's. */
  readonly ca?: string | undefined;
}

/**
 * Connections to one origin as a stack that carry one call each at a time; the one used last is used next, so that those
 * not needed any more grow old.
 */
export class ConnectionPool implements ConnectionOwner {
  readonly host: string;
  /** `performance.now()` of the last call. */
  lastUsedAt = performance.now();
  readonly #connectMs: number;
  readonly #given: string | null;
  readonly #open: Open;
  readonly #all = new Set<Connection>();
  readonly #free: Connection[] = [];
  readonly #waiting: Call[] = [];

  constructor(origin: string, { check, connectMs, host = null, ca }: PoolOptions) {
    const { protocol, hostname, port, host: own } = new URL(origin);
    const target = {
      protocol,
      hostname,
      port,
      servername: host === null ? undefined : new URL(`http://${host}`).hostname,
    };
    const connect = safeConnector({ check, timeoutMs: connectMs, ...(ca === undefined ? {} : { ca }) });
    this.host = host ?? own;
    this.#connectMs = connectMs;
    this.#given = host;
    this.#open = (into, callback) => connect(target, callback, into);
  }

  /** Whether it was made with these. */
  isFor(connectMs: number, host: string | null): boolean {
    return this.#connectMs === connectMs && this.#given === host;
  }

  /** Gives the call a connection, now or when one is free. */
  run(call: Call): void {
    const connection = this.#takeFree();
    if (connection !== null) connection.take(call);
    else if (this.#all.size < MAX_CONNECTIONS) this.#all.add(new Connection(this, this.#open, call));
    else this.#waiting.push(call);
  }

  /** Leaves the line. */
  forget(call: Call): void {
    const at = this.#waiting.indexOf(call);
    if (at !== -1) this.#waiting.splice(at, 1);
  }

  onFree(connection: Connection): void {
    const next = this.#waiting.shift();
    if (next) connection.take(next);
    else this.#free.push(connection);
  }

  onGone(connection: Connection, unbegun: Call | null): void {
    this.#all.delete(connection);
    const at = this.#free.indexOf(connection);
    if (at !== -1) this.#free.splice(at, 1);
    const next = unbegun ?? this.#waiting.shift();
    if (next) this.run(next);
  }

  /** Closes what has been free for as long as it may. */
  trim(nowMs: number): void {
    for (const connection of this.#free.filter(({ freeUntil }) => freeUntil <= nowMs)) connection.destroy();
  }

  get idle(): boolean {
    return this.#free.length === this.#all.size;
  }

  /** Closes everything; calls under way fail. */
  destroy(): void {
    for (const call of this.#waiting.splice(0)) call.onError(new ConnectionLostError('the gateway is closing'));
    for (const connection of this.#all) connection.destroy();
  }

  #takeFree(): Connection | null {
    const nowMs = performance.now();
    this.lastUsedAt = nowMs;
    for (let connection = this.#free.pop(); connection !== undefined; connection = this.#free.pop()) {
      if (connection.freeUntil > nowMs) return connection;
      connection.destroy();
    }
    return null;
  }
}

const TRIM_MS = 1000;
const FORGET_AFTER_MS = 600_000;

/** All pools of this process, by origin, connect time-out and host. They outlive changes of configuration. */
export class Upstreams {
  readonly #check: AddressCheck;
  readonly #ca: string | undefined;
  /** By origin; mostly one each. */
  readonly #pools = new Map<string, ConnectionPool[]>();
  readonly #h2 = new H2Pools((connectMs) => this.connector(connectMs, ['h2']));
  readonly #timer: NodeJS.Timeout;

  /** `ca`: certificates (PEM) to trust instead of the system's. */
  constructor(check: AddressCheck, ca?: string) {
    this.#check = check;
    this.#ca = ca;
    this.#timer = setInterval(() => this.#tidy(), TRIM_MS).unref();
  }

  /** `host`: what `Host` and the certificate say where that is not the origin's own. */
  pool(origin: string, connectMs: number, host: string | null = null): ConnectionPool {
    const known = this.#pools.get(origin);
    if (known !== undefined) for (const pool of known) if (pool.isFor(connectMs, host)) return pool;
    const pool = new ConnectionPool(origin, { check: this.#check, connectMs, host, ca: this.#ca });
    if (known === undefined) this.#pools.set(origin, [pool]);
    else known.push(pool);
    return pool;
  }

  /** Opens connections that carry something else than calls of HTTP/1.1, within `connectMs`. */
  connector(connectMs: number, protocols?: readonly string[]): SafeConnector {
    const ca = this.#ca === undefined ? {} : { ca: this.#ca };
    return safeConnector({ check: this.#check, timeoutMs: connectMs, ...ca, ...(protocols ? { protocols } : {}) });
  }

  /** Connections of HTTP/2 to an origin. */
  h2(origin: string, connectMs: number, host: string | null = null): H2Pool {
    return this.#h2.pool(origin, connectMs, host);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#h2.close();
    for (const pools of this.#pools.values()) for (const pool of pools) pool.destroy();
  }

  #tidy(): void {
    const nowMs = performance.now();
    for (const [origin, pools] of this.#pools) {
      for (const pool of pools) pool.trim(nowMs);
      const kept = pools.filter((pool) => !pool.idle || pool.lastUsedAt >= nowMs - FORGET_AFTER_MS);
      if (kept.length === pools.length) continue;
      for (const pool of pools) if (!kept.includes(pool)) pool.destroy();
      if (kept.length === 0) this.#pools.delete(origin);
      else this.#pools.set(origin, kept);
    }
  }
}
