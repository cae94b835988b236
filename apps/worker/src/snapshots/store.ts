import { redisKeys } from '@parley/contracts/redis-keys';
import type { SnapshotChange } from '@parley/contracts/snapshot';
import type { DocumentInParts } from '@parley/contracts/snapshot-parts';
import type { Redis } from 'ioredis';

export type DocumentKind = SnapshotChange['kind'];

export interface PublishedDocument {
  readonly kind: DocumentKind;
  readonly id: string;
  readonly version: number;
  /** The document as JSON; `null` when there is none any more. */
  readonly json: string | null;
  /** The same in parts, where it is large. */
  readonly inParts?: DocumentInParts | null;
  /** Names that lead to it: the tenant's slug, or the application's secret hashes. */
  readonly names: readonly string[];
}

const STREAM_LENGTH = 10_000;

/**
 * Stores a document, its index entries and its change in one step, if no newer one is stored. What is published keeps a
 * record {version, names, parts} of its own, also after deletion, so that an older document never comes back and names that
 * are gone are removed without reading the former document. Parts of the manifest before stay: a gateway may be reading it.
 * KEYS: document, records, index, stream, manifest, parts. ARGV: field of the record, version, document or '', names (JSON),
 * id, change, stream length, manifest or '', names of its parts (JSON), then names and texts of parts to store.
 */
const PUBLISH = `
local known = redis.call('HGET', KEYS[2], ARGV[1])
local former = known and cjson.decode(known) or { version = -1, names = {} }
if former.version >= tonumber(ARGV[2]) then return 0 end
local given, needed = {}, {}
for at = 10, #ARGV, 2 do given[ARGV[at]] = true end
for _, part in ipairs(cjson.decode(ARGV[9])) do
  needed[part] = true
  if not given[part] and redis.call('HEXISTS', KEYS[6], part) == 0 then return -1 end
end
local wanted = {}
for _, name in ipairs(cjson.decode(ARGV[4])) do
  wanted[name] = true
  redis.call('HSET', KEYS[3], name, ARGV[5])
end
for _, name in ipairs(former.names) do
  if not wanted[name] and redis.call('HGET', KEYS[3], name) == ARGV[5] then redis.call('HDEL', KEYS[3], name) end
end
if ARGV[3] == '' then redis.call('DEL', KEYS[1]) else redis.call('SET', KEYS[1], ARGV[3]) end
if ARGV[8] == '' then redis.call('DEL', KEYS[5], KEYS[6]) else
  for at = 10, #ARGV, 2 do redis.call('HSET', KEYS[6], ARGV[at], ARGV[at + 1]) end
  for _, part in ipairs(former.parts or {}) do needed[part] = true end
  for _, part in ipairs(redis.call('HKEYS', KEYS[6])) do
    if not needed[part] then redis.call('HDEL', KEYS[6], part) end
  end
  redis.call('SET', KEYS[5], ARGV[8])
end
local record = '{"version":' .. ARGV[2] .. ',"names":' .. ARGV[4] .. ',"parts":' .. ARGV[9] .. '}'
redis.call('HSET', KEYS[2], ARGV[1], record)
redis.call('XADD', KEYS[4], 'MAXLEN', '~', ARGV[7], '*', 'change', ARGV[6])
return 1`;
/** What PUBLISH says when parts it was not given are not stored either. */
const PARTS_MISSING = -1;

const FINISH = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[2], ARGV[2])
redis.call('DEL', KEYS[1], KEYS[3])
return 1`;

async function store(redis: Redis, document: PublishedDocument, parts: readonly string[]): Promise<number> {
  const { kind, id, version, json, names, inParts } = document;
  const change: SnapshotChange = { kind, id, version };
  const published = await redis.eval(
    PUBLISH,
    6,
    kind === 'tenant' ? redisKeys.tenantSnapshot(id) : redisKeys.applicationSnapshot(id),
    redisKeys.snapshotRecords,
    kind === 'tenant' ? redisKeys.tenantSlugs : redisKeys.secretIndex,
    redisKeys.changes,
    redisKeys.snapshotManifest(kind, id),
    redisKeys.snapshotParts(kind, id),
    `${kind}:${id}`,
    version,
    json ?? '',
    JSON.stringify(names),
    id,
    JSON.stringify(change),
    STREAM_LENGTH,
    inParts?.manifest ?? '',
    JSON.stringify([...(inParts?.parts.keys() ?? [])]),
    ...parts,
  );
  return Number(published);
}

/** Publishes a document (or its end) to the gateways. False when a newer one is stored already. */
export async function publishDocument(redis: Redis, document: PublishedDocument): Promise<boolean> {
  const all = [...(document.inParts?.parts ?? [])];
  const { kind, id } = document;
  const held = new Set(all.length === 0 ? [] : await redis.hkeys(redisKeys.snapshotParts(kind, id)));
  const fresh = all.filter(([name]) => !held.has(name));
  let published = await store(redis, document, fresh.flat());
  if (published === PARTS_MISSING) published = await store(redis, document, all.flat());
  return published === 1;
}

/** Ids of all documents of a kind that were ever published to this Redis. */
export async function* publishedIds(redis: Redis, kind: DocumentKind): AsyncGenerator<string> {
  let cursor = '0';
  do {
    const [next, pairs] = await redis.hscan(redisKeys.snapshotRecords, cursor, 'MATCH', `${kind}:*`, 'COUNT', 500);
    for (let i = 0; i < pairs.length; i += 2) yield (pairs[i] as string).slice(kind.length + 1);
    cursor = next;
  } while (cursor !== '0');
}

/** True when every document has been published to this Redis since it last lost its data. */
export async function isComplete(redis: Redis): Promise<boolean> {
  return (await redis.exists(redisKeys.complete)) === 1;
}

/** Marks the start of a full publish; the mark goes when Redis loses its data. */
export async function beginRepublish(redis: Redis, mark: string): Promise<void> {
  await redis.set(redisKeys.republishing, mark);
}

/** Declares Redis complete, if it has kept everything since the start. False when it has lost its data on the way. */
export async function finishRepublish(redis: Redis, mark: string, atMs: number): Promise<boolean> {
  const done = await redis.eval(
    FINISH,
    3,
    redisKeys.republishing,
    redisKeys.complete,
    redisKeys.republishAsked,
    mark,
    new Date(atMs).toISOString(),
  );
  return done === 1;
}
