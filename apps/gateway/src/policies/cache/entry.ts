import type { IncomingHttpHeaders } from 'node:http';
import { z } from 'zod';
import { type Freshness, type FreshnessPolicy, freshnessOf, type Head, hasValidator } from './freshness.ts';

/** A stored answer. */
export interface Entry extends Freshness {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly receivedAtMs: number;
  /** What the resource was marked with when this was fetched: another mark since means that it is no longer good. */
  readonly mark: string;
}

/** What lies at a key: an answer, or the names of request headers that choose among several. */
export type Slot =
  | { readonly kind: 'entry'; readonly entry: Entry }
  | { readonly kind: 'vary'; readonly names: readonly string[] };

/** Fields of one hop, of one message's framing, or of one call (RFC 9111 §3.1). */
const NOT_STORED = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authentication-info',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'age',
  'content-length',
]);
/** Fields a 304 does not change (§3.2): they speak of the body that stays. */
const OF_THE_BODY = new Set(['content-encoding', 'content-range', 'content-type']);
/** Beyond its freshness, an answer with a validator is kept this long to be asked about. */
const ASKABLE_SECONDS = 3600;
const LONGEST_SECONDS = 86_400;

function lasting(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const named = new Set(
    headers.connection
      ?.toLowerCase()
      .split(',')
      .map((name) => name.trim()),
  );
  const kept = Object.entries(headers).filter(([name]) => !NOT_STORED.has(name) && !named.has(name));
  return Object.fromEntries(kept);
}

/** Makes the stored form of an answer that may be stored. */
export function makeEntry(head: Head, body: Buffer, policy: FreshnessPolicy, mark: string): Entry {
  const { status, receivedAtMs } = head;
  return { ...freshnessOf(head, policy), status, headers: lasting(head.headers), body, receivedAtMs, mark };
}

/** The entry after the upstream has confirmed it with a 304 (§4.3.4). */
export function confirm(entry: Entry, head: Head, policy: FreshnessPolicy, mark: string): Entry {
  const update = Object.entries(lasting(head.headers)).filter(([name]) => !OF_THE_BODY.has(name));
  const headers = { ...entry.headers, ...Object.fromEntries(update) };
  // Freshness is that of the updated fields, but age only what this answer said of itself.
  const age = head.headers.age;
  const asOne = { ...head, status: entry.status, headers: age === undefined ? headers : { ...headers, age } };
  return makeEntry(asOne, entry.body, policy, mark);
}

/** Seconds the entry is worth keeping from now on. */
export function keepSeconds(entry: Entry): number {
  const stale = Math.max(
    entry.staleWhileRevalidateSeconds,
    entry.staleIfErrorSeconds,
    hasValidator(entry.headers) ? ASKABLE_SECONDS : 0,
  );
  return Math.min(LONGEST_SECONDS, Math.max(0, entry.lifetimeSeconds - entry.initialAgeSeconds) + stale);
}

/** Bytes a slot takes in memory, about. */
export function sizeOf(slot: Slot): number {
  if (slot.kind === 'vary') return 200;
  let size = 500 + slot.entry.body.length;
  for (const [name, value] of Object.entries(slot.entry.headers)) size += 2 * (name.length + String(value).length) + 64;
  return size;
}

const seconds = z.number().min(0);
const slotSchema = z.union([
  z.strictObject({ names: z.array(z.string()) }),
  z.strictObject({
    status: z.number().int().min(200).max(599),
    headers: z.record(z.string(), z.union([z.string(), z.array(z.string())])),
    receivedAtMs: z.number(),
    mark: z.string(),
    lifetimeSeconds: seconds,
    initialAgeSeconds: seconds,
    staleWhileRevalidateSeconds: seconds,
    staleIfErrorSeconds: seconds,
    alwaysAsk: z.boolean(),
    neverStale: z.boolean(),
  }),
]);

/** Head as JSON, its length in four bytes before it, the body after it. */
export function writeSlot(slot: Slot): Buffer {
  const { body = null, ...head } = slot.kind === 'entry' ? slot.entry : { names: slot.names };
  const json = Buffer.from(JSON.stringify(head));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(json.length);
  return Buffer.concat(body === null ? [length, json] : [length, json, body]);
}

/** Reads what `writeSlot` wrote; throws for anything else. */
export function readSlot(bytes: Buffer): Slot {
  const bodyAt = 4 + bytes.readUInt32BE(0);
  const head = slotSchema.parse(JSON.parse(bytes.toString('utf8', 4, bodyAt)));
  if ('names' in head) return { kind: 'vary', names: head.names };
  return {
    kind: 'entry',
    entry: { ...head, headers: head.headers, body: bytes.subarray(bodyAt) },
  };
}
