import { newId } from '@parley/kernel/id';
import { type DataKey, openBuffer, sealBuffer } from '@parley/kernel/seal';
import { type Entry, keepSeconds, readSlot, type Slot, writeSlot } from '../../policies/cache/entry.ts';
import { variantKey } from '../../policies/cache/key.ts';
import { GenerationCache } from '../../snapshot/generation-cache.ts';
import type { MemoryCache } from './memory-cache.ts';
import type { SharedCache } from './shared-cache.ts';

/** What is asked for: where its answers lie, and the request headers that choose among them. */
export interface Place {
  readonly tenantId: string;
  /** `null` keeps answers out of the shared store. */
  readonly dataKey: DataKey | null;
  readonly resource: string;
  readonly primary: string;
  readonly flatHeaders: readonly string[];
}

export interface Found {
  readonly entry: Entry | null;
  /** The resource's mark: an answer fetched from now on is stored with it. */
  readonly mark: string;
  /** There are answers to the question, but none for these request headers. */
  readonly otherVariant: boolean;
}

const RECENT_MARKS = 10_000;
const MAX_UNTOLD = 10_000;

/**
 * Stored answers: this node's memory before the store all nodes share. A resource that is invalidated gets a mark;
 * answers fetched under an earlier one are no longer good, even when they arrive afterwards.
 */
export class ResponseCache {
  readonly #memory: MemoryCache;
  readonly #shared: SharedCache;
  /** Marks heard of lately, for answers under way meanwhile. */
  readonly #marks = new GenerationCache<string, string>(RECENT_MARKS);
  /** Invalidations the shared store has not taken yet, by resource. */
  readonly #untold = new Map<string, { readonly tenantId: string; readonly mark: string }>();
  #following = false;

  constructor(memory: MemoryCache, shared: SharedCache) {
    this.#memory = memory;
    this.#shared = shared;
  }

  /** Looks a question up; at once when memory has a fresh answer. Without the shared store memory has to do. */
  look(place: Place, nowMs: number): Found | Promise<Found> {
    if (!this.#following) this.#follow();
    const slot = this.#memory.get(place.primary);
    const chosen =
      slot?.kind === 'vary' ? this.#memory.get(variantKey(place.primary, slot.names, place.flatHeaders)) : slot;
    const entry = chosen?.kind === 'entry' ? chosen.entry : null;
    if (entry !== null && isFresh(entry, nowMs)) return { entry, mark: entry.mark, otherVariant: false };
    return this.#lookShared(place, entry);
  }

  /** Stores an answer that depends on these request headers. What was fetched before an invalidation is dropped. */
  store(place: Place, entry: Entry, vary: readonly string[]): void {
    const keepMs = Math.floor(keepSeconds(entry) * 1000);
    const heard = this.#marks.get(place.resource);
    if (keepMs <= 0 || (heard !== undefined && heard !== entry.mark)) return;
    const slot: Slot = { kind: 'entry', entry };
    if (vary.length === 0) return this.#put(place, place.primary, slot, keepMs);
    this.#put(place, place.primary, { kind: 'vary', names: vary }, keepMs);
    this.#put(place, variantKey(place.primary, vary, place.flatHeaders), slot, keepMs);
  }

  /** What is stored of a resource, for anybody on any node, is no longer good. */
  invalidate(tenantId: string, resource: string): void {
    if (!this.#following) this.#follow();
    const mark = newId();
    this.#drop(resource, mark);
    if (this.#untold.size < MAX_UNTOLD) this.#untold.set(resource, { tenantId, mark });
    this.#tell(resource);
  }

  close(): void {
    this.#shared.close();
  }

  /** Asks the shared store, which may have a newer answer than the outdated `held`. */
  async #lookShared(place: Place, held: Entry | null): Promise<Found> {
    const { tenantId, resource, primary } = place;
    const here: Found = { entry: held, mark: held?.mark ?? this.#marks.get(resource) ?? '', otherVariant: false };
    if (place.dataKey === null) return here;
    try {
      const first = await this.#shared.read(tenantId, resource, primary);
      const mark = this.#untold.get(resource)?.mark ?? first.mark;
      let slot = this.#open(place, primary, first.sealed);
      let key = primary;
      if (slot?.kind === 'vary') {
        this.#memory.put(primary, resource, slot);
        key = variantKey(primary, slot.names, place.flatHeaders);
        slot = this.#open(place, key, (await this.#shared.read(tenantId, resource, key)).sealed);
      }
      const good = [held, slot?.kind === 'entry' ? slot.entry : null].filter((entry) => entry?.mark === mark);
      const [entry = null] = good.sort((a, b) => (b?.receivedAtMs ?? 0) - (a?.receivedAtMs ?? 0));
      const heard = this.#marks.get(resource);
      if (entry !== null && entry !== held && (heard === undefined || heard === mark)) {
        this.#memory.put(key, resource, { kind: 'entry', entry });
      }
      return { entry, mark, otherVariant: entry === null && key !== primary };
    } catch {
      return here;
    }
  }

  #put(place: Place, key: string, slot: Slot, keepMs: number): void {
    this.#memory.put(key, place.resource, slot);
    if (place.dataKey === null) return;
    const sealed = sealBuffer(place.dataKey, writeSlot(slot), purposeOf(place, key));
    this.#shared.write(place.tenantId, key, sealed, keepMs).catch(() => {});
  }

  /** A slot of the shared store; `null` for one that cannot be opened or read, which is as good as none. */
  #open(place: Place, key: string, sealed: Buffer | null): Slot | null {
    if (sealed === null || place.dataKey === null) return null;
    try {
      return readSlot(openBuffer(place.dataKey, sealed, purposeOf(place, key)));
    } catch {
      return null;
    }
  }

  #follow(): void {
    this.#following = true;
    this.#shared.follow(
      (resource, mark) => this.#drop(resource, mark),
      () => {
        this.#memory.clear();
        for (const resource of this.#untold.keys()) this.#tell(resource);
      },
    );
  }

  #drop(resource: string, mark: string): void {
    this.#marks.set(resource, mark);
    this.#memory.dropResource(resource);
  }

  #tell(resource: string): void {
    const untold = this.#untold.get(resource);
    if (untold === undefined) return;
    this.#shared.invalidate(untold.tenantId, resource, untold.mark).then(
      () => {
        if (this.#untold.get(resource) === untold) this.#untold.delete(resource);
      },
      () => {},
    );
  }
}

function isFresh(entry: Entry, nowMs: number): boolean {
  const age = entry.initialAgeSeconds + Math.max(0, nowMs - entry.receivedAtMs) / 1000;
  return !entry.alwaysAsk && age < entry.lifetimeSeconds;
}

/** What a slot is sealed for: one of another key or tenant cannot be put in its place. */
function purposeOf({ tenantId }: Place, key: string): string {
  return `cache_entry:${tenantId}:${key}`;
}
