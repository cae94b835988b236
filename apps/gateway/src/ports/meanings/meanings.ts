import { type DataKey, openBuffer, sealBuffer } from '@parley/kernel/seal';
import { type Vector, vectorOf } from '@parley/llm/meaning/vector';
import { z } from 'zod';
import { MAX_LINES, type MeaningLog } from './meaning-log.ts';

/** A question whose answer is kept. */
export interface Meaning {
  /** What must be equal for it to be a candidate: whose it is, and the rest of the request. */
  readonly bucket: string;
  readonly vector: Vector;
  /** The user's turns. */
  readonly texts: readonly string[];
  /** Where the answer lies. */
  readonly primary: string;
  readonly endsAtMs: number;
}

/** Whose questions: a version of an API, under its tenant's key. */
export interface MeaningPlace {
  readonly tenantId: string;
  readonly dataKey: DataKey | null;
  readonly resource: string;
}

interface Mirror {
  /** By bucket, then by where the answer lies. */
  readonly buckets: Map<string, Map<string, Meaning>>;
  count: number;
  /** Of the log, up to where it is known here. */
  at: string;
  askedAtMs: number;
  asking: Promise<void> | null;
}

const PURPOSE = 'cache_meaning';
/** How old what is known of the other nodes may be. */
const FRESH_MS = 500;
const STEP = 200;
/** Of all versions together in this process, about 1.5 KB each; versions not asked for lately go. */
const MAX_MEANINGS = 20_000;

const lineSchema = z.object({
  b: z.string(),
  v: z.string(),
  t: z.array(z.string()),
  p: z.string(),
  e: z.number(),
});

/** What questions with kept answers mean: in this node's memory, and in a log that all nodes add to. */
export class Meanings {
  readonly #log: MeaningLog;
  readonly #most: number;
  readonly #mirrors = new Map<string, Mirror>();
  #count = 0;

  constructor(log: MeaningLog, most = MAX_MEANINGS) {
    this.#log = log;
    this.#most = most;
  }

  /** What may be asked for the same: those of one bucket, newest last. A promise where the log has to be read first. */
  candidates(place: MeaningPlace, bucket: string, nowMs: number): Iterable<Meaning> | Promise<Iterable<Meaning>> {
    const mirror = this.#mirrorOf(place);
    const found = (): Iterable<Meaning> => mirror.buckets.get(bucket)?.values() ?? [];
    if (nowMs - mirror.askedAtMs < FRESH_MS && mirror.asking === null) return found();
    mirror.asking ??= this.#readLog(place, mirror, nowMs).finally(() => {
      mirror.asking = null;
    });
    return mirror.asking.then(found);
  }

  /** Adds one: here at once, in the log as soon as it can be. */
  add(place: MeaningPlace, meaning: Meaning, nowMs: number): void {
    this.#put(this.#mirrorOf(place), meaning);
    const { dataKey, tenantId, resource } = place;
    if (dataKey === null) return;
    const { bucket, vector, texts, primary, endsAtMs } = meaning;
    const line = { b: bucket, v: Buffer.from(vector.bytes).toString('base64'), t: texts, p: primary, e: endsAtMs };
    const sealed = sealBuffer(dataKey, Buffer.from(JSON.stringify(line)), PURPOSE);
    // Without the log other nodes ask the model themselves.
    this.#log.append(tenantId, resource, sealed, Math.max(1000, endsAtMs - nowMs)).catch(() => {});
  }

  /** Forgets one whose answer is gone. */
  drop(place: MeaningPlace, { bucket, primary }: Meaning): void {
    const mirror = this.#mirrorOf(place);
    this.#remove(mirror, bucket, primary);
  }

  /** Vectors kept in the log under a resource of their own; `null` for none that can be read. */
  async vectors({ tenantId, resource, dataKey }: MeaningPlace): Promise<Vector[] | null> {
    if (dataKey === null) return null;
    const [line] = await this.#log.read(tenantId, resource, '', 1).catch(() => []);
    if (line === undefined) return null;
    try {
      const kept = z.array(z.string()).parse(JSON.parse(openBuffer(dataKey, line.sealed, PURPOSE).toString('utf8')));
      return kept.map((text) => vectorOf(new Int8Array(Buffer.from(text, 'base64'))));
    } catch {
      return null;
    }
  }

  keepVectors({ tenantId, resource, dataKey }: MeaningPlace, vectors: readonly Vector[], keepMs: number): void {
    if (dataKey === null) return;
    const texts = vectors.map(({ bytes }) => Buffer.from(bytes).toString('base64'));
    const sealed = sealBuffer(dataKey, Buffer.from(JSON.stringify(texts)), PURPOSE);
    // Without the log other nodes ask the embedding model themselves.
    this.#log.append(tenantId, resource, sealed, keepMs).catch(() => {});
  }

  get size(): number {
    return this.#count;
  }

  #mirrorOf({ tenantId, resource }: MeaningPlace): Mirror {
    const key = `${tenantId} ${resource}`;
    const known = this.#mirrors.get(key);
    const mirror = known ?? { buckets: new Map(), count: 0, at: '', askedAtMs: Number.NEGATIVE_INFINITY, asking: null };
    // Those asked for last stand last.
    if (known !== undefined) this.#mirrors.delete(key);
    this.#mirrors.set(key, mirror);
    return mirror;
  }

  async #readLog({ tenantId, resource, dataKey }: MeaningPlace, mirror: Mirror, nowMs: number): Promise<void> {
    mirror.askedAtMs = nowMs;
    if (dataKey === null) return;
    for (let read = 0; read < MAX_LINES; read += STEP) {
      const lines = await this.#log.read(tenantId, resource, mirror.at, STEP).catch(() => []);
      for (const { at, sealed } of lines) {
        mirror.at = at;
        const meaning = opened(dataKey, sealed);
        if (meaning !== null && meaning.endsAtMs > nowMs) this.#put(mirror, meaning);
      }
      if (lines.length < STEP) return;
    }
  }

  #put(mirror: Mirror, meaning: Meaning): void {
    const { bucket, primary } = meaning;
    this.#remove(mirror, bucket, primary);
    const ofBucket = mirror.buckets.get(bucket) ?? new Map<string, Meaning>();
    // The bucket that was added to last stands last: the oldest of all is in the first.
    mirror.buckets.delete(bucket);
    mirror.buckets.set(bucket, ofBucket.set(primary, meaning));
    mirror.count++;
    this.#count++;
    while (mirror.count > MAX_LINES) this.#removeOldest(mirror);
    for (const [key, other] of this.#mirrors) {
      if (this.#count <= this.#most || other === mirror) break;
      this.#count -= other.count;
      this.#mirrors.delete(key);
    }
  }

  #removeOldest(mirror: Mirror): void {
    const [oldest] = mirror.buckets;
    const [primary] = oldest?.[1].keys() ?? [];
    if (oldest !== undefined && primary !== undefined) this.#remove(mirror, oldest[0], primary);
  }

  #remove(mirror: Mirror, bucket: string, primary: string): void {
    const ofBucket = mirror.buckets.get(bucket);
    if (ofBucket?.delete(primary) !== true) return;
    mirror.count--;
    this.#count--;
    if (ofBucket.size === 0) mirror.buckets.delete(bucket);
  }
}

/** A line of the log; `null` for one that cannot be opened or read: a key that was changed, a newer release. */
function opened(dataKey: DataKey, sealed: Buffer): Meaning | null {
  try {
    const { b, v, t, p, e } = lineSchema.parse(JSON.parse(openBuffer(dataKey, sealed, PURPOSE).toString('utf8')));
    return { bucket: b, vector: vectorOf(new Int8Array(Buffer.from(v, 'base64'))), texts: t, primary: p, endsAtMs: e };
  } catch {
    return null;
  }
}
