import type { Exchange } from '../exchange.ts';
import type { CompiledUpstream } from '../snapshot/compiled.ts';
import type { Target } from './balance/target.ts';
import type { Deadlines, Timed } from './deadlines.ts';
import type { Group } from './group.ts';
import type { Groups } from './groups.ts';
import type { Call, CallPool, Carrier } from './http1/connection.ts';
import type { Outgoing } from './http1/request-head.ts';
import type { Upstreams } from './pool.ts';

/** Copies under way at most; more are not sent, so that a slow mirror costs memory and connections within bounds. */
const MAX_RUNNING = 128;
/** A copy may take this long, and its answer be this large; then its connection is closed. */
const MAX_MS = 30_000;
const MAX_DISCARDED = 1_048_576;

/** One copy: sent, its answer read away, its end told; nothing else. */
class MirroredCall implements Call, Timed {
  connection: Carrier | null = null;
  readonly outgoing: Outgoing;
  readonly deadline: number;
  previous: Timed | null = null;
  next: Timed | null = null;
  readonly #pool: CallPool;
  readonly #onOver: (call: MirroredCall) => void;
  #discarded = 0;
  #over = false;

  constructor(copy: Outgoing, pool: CallPool, withinMs: number, onOver: (call: MirroredCall) => void) {
    this.outgoing = copy;
    this.#pool = pool;
    this.#onOver = onOver;
    this.deadline = performance.now() + withinMs;
  }

  start(): void {
    this.#pool.run(this);
  }

  onStart(): void {}
  onSent(): void {}
  onHead(): void {}

  onData(chunk: Buffer): void {
    this.#discarded += chunk.length;
    if (this.#discarded > MAX_DISCARDED) this.onDeadline();
  }

  onEnd(): void {
    this.#end();
  }

  onError(): void {
    this.#end();
  }

  onDeadline(): void {
    if (this.connection === null) this.#pool.forget(this);
    else this.connection.abort();
    this.#end();
  }

  #end(): void {
    if (this.#over) return;
    this.#over = true;
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
    this.#start(copy, mirror, group, target);
  }

  #start(copy: Outgoing, mirror: CompiledUpstream, group: Group | null, target: Target | null): void {
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
