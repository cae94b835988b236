import type { UsageEvent } from '@parley/contracts/usage-event';
import type { Exchange } from '../../exchange.ts';
import type { Relay } from '../../stages/relay.ts';
import { type CacheNote, withCacheStatus } from './cache-status.ts';
import { type Conditions, headersOf304, isNotModified } from './conditional.ts';
import type { Entry } from './entry.ts';

export interface Playing {
  readonly entry: Entry;
  readonly conditions: Conditions;
  readonly ageSeconds: number;
  readonly nowMs: number;
  readonly note: CacheNote;
  readonly use: NonNullable<UsageEvent['cache']>;
}

const NO_BODY = new Set([204, 304]);

/** Answers a call with a stored answer, through the same relay that carries the upstream's; 304 to who has it already. */
export function play(
  exchange: Exchange,
  relay: Relay,
  { entry, conditions, ageSeconds, nowMs, note, use }: Playing,
): void {
  exchange.cacheUse = use;
  exchange.relay = relay;
  const own = { age: String(Math.max(0, ageSeconds)) };
  if (entry.status === 200 && isNotModified(conditions, entry.headers, nowMs)) {
    relay.onHead(304, withCacheStatus({ ...headersOf304(entry.headers), ...own }, note));
    return relay.onEnd();
  }
  const length = NO_BODY.has(entry.status) ? {} : { 'content-length': String(entry.body.length) };
  relay.onHead(entry.status, withCacheStatus({ ...entry.headers, ...own, ...length }, note));
  if (exchange.method !== 'HEAD' && entry.body.length > 0) relay.onData(entry.body);
  relay.onEnd();
}
