import { type Call, type CallPool, ConnectionLostError } from '../http1/connection.ts';
import type { ConnectTarget, SafeConnector } from '../safe-connect.ts';
import { H2Session, type SessionOwner } from './h2-session.ts';

/** Connections to one origin at most; further calls wait for room on them. */
const MAX_SESSIONS = 8;

/** Calls to one origin over HTTP/2: many on each connection, a further connection when all are full. */
export class H2Pool implements CallPool, SessionOwner {
  lastUsedAt = 0;
  readonly #connector: SafeConnector;
  readonly #target: ConnectTarget;
  readonly #host: string;
  readonly #sessions = new Set<H2Session>();
  readonly #waiting: Call[] = [];
  /** Calls that were refused once; a second time is a failure. */
  readonly #refused = new WeakSet<Call>();

  /** `host`: what `:authority` and the certificate say where that is not the origin's own. */
  constructor(origin: string, connector: SafeConnector, host: string | null) {
    const { protocol, hostname, port, host: own } = new URL(origin);
    const servername = host === null ? undefined : new URL(`http://${host}`).hostname;
    this.#connector = connector;
    this.#target = { protocol, hostname, port, servername };
    this.#host = host ?? own;
  }

  run(call: Call): void {
    this.#waiting.push(call);
    this.onRoom();
  }

  forget(call: Call): void {
    const at = this.#waiting.indexOf(call);
    if (at !== -1) this.#waiting.splice(at, 1);
  }

  onRoom(): void {
    while (this.#waiting.length > 0) {
      const session = [...this.#sessions].find(({ hasRoom }) => hasRoom);
      if (session === undefined) return this.#grow();
      session.carry(this.#waiting.shift() as Call);
    }
  }

  onRefused(call: Call): void {
    const { body } = call.outgoing;
    const whole = body === null || typeof body === 'string' || Buffer.isBuffer(body);
    if (!whole || this.#refused.has(call))
      return call.onError(new ConnectionLostError('the upstream takes no more calls'));
    this.#refused.add(call);
    this.run(call);
  }

  onGone(session: H2Session, error: Error | null): void {
    this.#sessions.delete(session);
    if (this.#sessions.size > 0 || error === null) return this.onRoom();
    for (const call of this.#waiting.splice(0)) call.onError(error);
  }

  get idle(): boolean {
    return this.#sessions.size === 0 && this.#waiting.length === 0;
  }

  destroy(): void {
    for (const call of this.#waiting.splice(0)) call.onError(new ConnectionLostError('the gateway is closing'));
    for (const session of this.#sessions) session.destroy();
  }

  #grow(): void {
    const opening = [...this.#sessions].some(({ isOpening }) => isOpening);
    if (opening || this.#sessions.size >= MAX_SESSIONS) return;
    this.#sessions.add(new H2Session(this, this.#connector, this.#target, this.#host));
  }
}

const TIDY_MS = 60_000;
const FORGET_AFTER_MS = 600_000;

/** All pools of HTTP/2 of this process, by origin, connect time-out and host. */
export class H2Pools {
  readonly #connector: (connectMs: number) => SafeConnector;
  readonly #pools = new Map<string, H2Pool>();
  readonly #timer: NodeJS.Timeout;

  constructor(connector: (connectMs: number) => SafeConnector) {
    this.#connector = connector;
    this.#timer = setInterval(() => this.#tidy(), TIDY_MS).unref();
  }

  pool(origin: string, connectMs: number, host: string | null): H2Pool {
    const key = `${origin} ${connectMs} ${host ?? ''}`;
    let pool = this.#pools.get(key);
    if (pool === undefined) {
      pool = new H2Pool(origin, this.#connector(connectMs), host);
      this.#pools.set(key, pool);
    }
    pool.lastUsedAt = performance.now();
    return pool;
  }

  close(): void {
    clearInterval(this.#timer);
    for (const pool of this.#pools.values()) pool.destroy();
  }

  #tidy(): void {
    const before = performance.now() - FORGET_AFTER_MS;
    for (const [key, pool] of this.#pools) if (pool.idle && pool.lastUsedAt < before) this.#pools.delete(key);
  }
}
