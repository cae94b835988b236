import type { Client, Dispatcher } from 'undici';
import type { Exchange } from '../exchange.ts';
import type { CompiledUpstream } from '../snapshot/compiled.ts';
import type { Target } from './balance/target.ts';
import type { Deadlines, Timed } from './deadlines.ts';
import type { Group } from './group.ts';
import type { Groups } from './groups.ts';
import type { ClientPool, Dispatchable, Upstreams } from './pool.ts';

/** Copies under way at most; more are not sent, so that a slow mirror costs memory and connections within bounds. */
const MAX_RUNNING = 128;
/** A copy may take this long, and its answer be this large; then its connection is closed. */
const MAX_MS = 30_000;
const MAX_DISCARDED = 1_048_576;
const ABORTED = new Error('the copy has served its purpose');

interface Copy {
  readonly method: Dispatcher.HttpMethod;
  readonly path: string;
  readonly headers: string[];
  readonly body: Buffer | null;
}

/** One copy: sent, its answer read away, its end told; nothing else. */
class MirroredCall implements Dispatcher.DispatchHandler, Dispatchable, Timed {
  readonly deadline: number;
  previous: Timed | null = null;
  next: Timed | null = null;
  readonly #copy: Copy;
  readonly #pool: ClientPool;
  readonly #onOver: (call: MirroredCall) => void;
  #client: Client | null = null;
  #controller: Dispatcher.DispatchController | null = null;
  #discarded = 0;
  #aborted = false;
  #over = false;

  constructor(copy: Copy, pool: ClientPool, withinMs: number, onOver: (call: MirroredCall) => void) {
    this.#copy = copy;
    this.#pool = pool;
    this.#onOver = onOver;
    this.deadline = performance.now() + withinMs;
  }

  start(): void {
    this.#pool.run(this);
  }

  dispatchOn(client: Client): void {
    this.#client = client;
    client.dispatch({ ...this.#copy, headersTimeout: 0, bodyTimeout: 0, idempotent: true, blocking: false }, this);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#aborted) controller.abort(ABORTED);
  }

  onResponseStart(): void {}

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#discarded += chunk.length;
    if (this.#discarded > MAX_DISCARDED) this.#controller?.abort(ABORTED);
  }

  onResponseEnd(): void {
    this.#end();
  }

  onResponseError(): void {
    this.#end();
  }

  onDeadline(): void {
    this.#aborted = true;
    if (this.#client === null) {
      this.#pool.forget(this);
      this.#end();
    } else this.#controller?.abort(ABORTED);
  }

  #end(): void {
    if (this.#over) return;
    this.#over = true;
    const client = this.#client;
    this.#client = null;
    // A client that reports an error is not done with it: the next call may have it only afterwards.
    if (client) queueMicrotask(() => this.#pool.release(client));
    this.#onOver(this);
  }
}

/** The caller's headers with the mirror's own credential in place of the first upstream's. */
function copiedHeaders(headers: readonly string[], first: CompiledUpstream, mirror: CompiledUpstream): string[] {
  const [mirrorHeader] = mirror.authHeaders;
  const [firstHeader] = first.authHeaders;
  const kept: string[] = [];
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i] as string;
    if (name !== firstHeader && name !== mirrorHeader) kept.push(name, headers[i + 1] as string);
  }
  kept.push(...mirror.authHeaders, 'x-parley-mirrored', '1');
  return kept;
}

/** Copies of calls for mirror upstreams: fire and forget, bounded, neither recorded nor billed nor waited for. */
export class Mirrors {
  readonly #tools: { readonly upstreams: Upstreams; readonly groups: Groups; readonly deadlines: Deadlines };
  #running = 0;

  constructor(tools: { readonly upstreams: Upstreams; readonly groups: Groups; readonly deadlines: Deadlines }) {
    this.#tools = tools;
  }

  /** Sends a copy of a call that is ready to go upstream; nothing happens when that is not possible within the bounds. */
  send(exchange: Exchange, mirror: CompiledUpstream, maxBodyBytes: number): void {
    const { upstreamRequest: request, upstream: first } = exchange;
    if (request === null || first === null || this.#running >= MAX_RUNNING) return;
    const { body, method } = request;
    if (body !== null && (!Buffer.isBuffer(body) || body.length > maxBodyBytes)) return;
    const group = this.#tools.groups.of(mirror);
    const target = group?.choose(exchange, [], performance.now()) ?? null;
    if (group !== null && target === null) return;
    const copy = {
      method,
      path: (target ?? mirror).basePath + request.path.slice(first.basePath.length) || '/',
      headers: copiedHeaders(request.headers, first, mirror),
      body,
    };
    if (target !== null && target.host !== null) copy.headers.push('host', target.host);
    this.#start(copy, mirror, group, target);
  }

  #start(copy: Copy, mirror: CompiledUpstream, group: Group | null, target: Target | null): void {
    const { upstreams, deadlines } = this.#tools;
    const { connectMs, totalMs } = mirror.timeouts;
    const trial = target !== null && target.ejectedUntil !== 0;
    const pool = group !== null && target !== null ? group.pool(target) : upstreams.pool(mirror.origin, connectMs);
    this.#running++;
    const call = new MirroredCall(copy, pool, Math.min(totalMs, MAX_MS), (over) => {
      this.#running--;
      deadlines.remove(over);
      if (group !== null && target !== null) group.leave(target, trial);
    });
    deadlines.add(call);
    call.start();
  }
}
