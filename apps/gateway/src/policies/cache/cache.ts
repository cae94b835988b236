import type { CachePolicy } from '@parley/contracts/policies/cache';
import type { Exchange } from '../../exchange.ts';
import { acting, noted, type StageNote } from '../../explain/notes.ts';
import type { FillEnd } from '../../ports/cache/fills.ts';
import type { Found } from '../../ports/cache/response-cache.ts';
import type { Ports } from '../../ports/ports.ts';
import { type Refusal, refusal } from '../../refusals.ts';
import { relayOf as answersOf, type RelayMaker } from '../../serving/answer.ts';
import type { Forward, Serving } from '../../serving/serving.ts';
import { cachesAnywhere } from '../../snapshot/api-facts.ts';
import type { EndpointSource, Stage } from '../../stage.ts';
import { fetchBehind, fetchFor } from './fetch.ts';
import { HeadRelay } from './head-relay.ts';
import { play } from './play.ts';
import { type CacheRequest, readCacheRequest, resourceOf } from './request.ts';
import { decide, type Reuse } from './reuse.ts';

const ONLY_INVALIDATES: StageNote = { step: null, policy: null, harmless: false, sentence: () => '' };
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);
/** What a waiting call still knows of its way: how long it may wait, and how the call it waited for ended. */
interface Waited {
  readonly untilMs: number;
  readonly last: FillEnd | null;
}

/**
 * Answers from what was kept (RFC 9111), else calls the upstream and keeps its answer; the last stage of its chain.
 * `null` for an endpoint whose version caches nothing.
 */
export function cache(source: EndpointSource, { forward }: Serving): Stage | null {
  const { policies, version } = source;
  const policy = policies.cache;
  const generation = version.cacheGeneration ?? 0;
  if (!policy && !cachesAnywhere(version)) return null;
  const relayOf = answersOf(source);
  const stage: Stage = (exchange, ports) => {
    if (!SAFE.has(exchange.method)) return invalidateAfter({ exchange, ports, relayOf, forward }, generation);
    if (!policy || exchange.method === 'OPTIONS') return forward(exchange, ports, relayOf(exchange, ports));
    const request = readCacheRequest(exchange, policy, generation);
    if (request === null) return fetchFor({ exchange, ports, policy, relayOf, forward }, { kind: 'bypass' });
    return look({ exchange, ports, policy, request, relayOf, forward }, null);
  };
  return policy ? acting('cache', stage) : noted(stage, ONLY_INVALIDATES);
}

interface Call {
  readonly exchange: Exchange;
  readonly ports: Ports;
  readonly policy: CachePolicy;
  readonly relayOf: RelayMaker;
  readonly forward: Forward;
  readonly request: CacheRequest;
}

function look(call: Call, waited: Waited | null): Refusal | null | Promise<Refusal | null> {
  const found = call.ports.cache.look(call.request.place, call.ports.clock.nowMs());
  return found instanceof Promise ? found.then((late) => answer(call, late, waited)) : answer(call, found, waited);
}

function answer(call: Call, found: Found, waited: Waited | null): Refusal | null | Promise<Refusal | null> {
  const { exchange, ports, request } = call;
  if (exchange.settled) return null;
  const { entry } = found;
  const nowMs = ports.clock.nowMs();
  const reuse = entry === null ? null : decide(entry, request.directives, nowMs);
  if (entry !== null && reuse !== null && reuse.kind !== 'ask') {
    if (reuse.kind === 'stale-while-revalidate') fetchBehind(call, found);
    const collapsed = waited?.last === 'stored';
    play(exchange, call.relayOf(exchange, ports), {
      entry,
      conditions: request.conditions,
      ageSeconds: reuse.ageSeconds,
      nowMs,
      note: noteOf(reuse, collapsed),
      use: reuse.kind === 'fresh' ? (collapsed ? 'collapsed' : 'hit') : 'stale',
    });
    return null;
  }
  if (request.directives.has('only-if-cached')) return refusal('not_cached');
  return fetch(call, found, waited);
}

function noteOf({ kind, ttlSeconds }: Reuse, collapsed: boolean) {
  if (collapsed) return { forwarded: 'uri-miss', collapsed } as const;
  if (kind === 'stale-while-revalidate') return { hit: true, ttlSeconds, detail: kind } as const;
  return { hit: true, ttlSeconds } as const;
}

/** Asks the upstream, or waits for an equal call that does. */
function fetch(call: Call, found: Found, waited: Waited | null): Refusal | null | Promise<Refusal | null> {
  const { exchange, ports, policy, request } = call;
  const { primary } = request.place;
  const nowMs = ports.clock.nowMs();
  const forced = request.directives.has('no-cache') || request.directives.has('max-age');
  const running = ports.fills.running(primary);
  const { waitMs, afterFailure } = policy.coalesce;
  const untilMs = waited?.untilMs ?? nowMs + waitMs;
  const done =
    waited !== null && (waited.last === 'not shared' || (waited.last === 'failed' && afterFailure === 'all'));
  if (running && !forced && !done && untilMs > nowMs && exchange.method === 'GET') {
    return Promise.race([running.ended, after(untilMs - nowMs)]).then((end) => {
      if (exchange.settled) return null;
      return look(call, { untilMs: end === null ? 0 : untilMs, last: end });
    });
  }
  const leads = waitMs > 0 && !running && !ports.fills.areApart(primary, nowMs) && exchange.method === 'GET';
  const fill = leads ? ports.fills.begin(primary, nowMs) : null;
  return fetchFor(call, { kind: 'fetch', request, found, fill, forced });
}

function after(ms: number): Promise<null> {
  return new Promise((resolve) => {
    setTimeout(() => resolve(null), ms).unref();
  });
}

/** Forwards an unsafe call; when it succeeds, what is kept of its path is no longer good (RFC 9111 §4.4). */
function invalidateAfter(
  { exchange, ports, relayOf, forward }: Pick<Call, 'exchange' | 'ports' | 'relayOf' | 'forward'>,
  generation: number,
): Refusal | null {
  const tenantId = exchange.tenant?.id ?? '';
  const resource = resourceOf(exchange, generation);
  const relay = new HeadRelay(relayOf(exchange, ports), (status, headers) => {
    if (status >= 200 && status < 400) ports.cache.invalidate(tenantId, resource);
    return headers;
  });
  return forward(exchange, ports, relay);
}
