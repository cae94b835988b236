import { type Slot, sizeOf } from '../../policies/cache/entry.ts';

interface Held {
  readonly slot: Slot;
  readonly resource: string;
  readonly bytes: number;
}

/** Answers in this process's memory, at most so many bytes; what was used longest ago goes first. */
export class MemoryCache {
  readonly #maxBytes: number;
  /** In order of use: the last is the latest. */
  readonly #held = new Map<string, Held>();
  readonly #byResource = new Map<string, Set<string>>();
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get(key: string): Slot | undefined {
    const held = this.#held.get(key);
    if (held === undefined) return undefined;
    this.#held.delete(key);
    this.#held.set(key, held);
    return held.slot;
  }

  put(key: string, resource: string, slot: Slot): void {
    this.delete(key);
    const bytes = sizeOf(slot);
    if (bytes > this.#maxBytes) return;
    this.#held.set(key, { slot, resource, bytes });
    this.#bytes += bytes;
    const keys = this.#byResource.get(resource);
    if (keys) keys.add(key);
    else this.#byResource.set(resource, new Set([key]));
    for (const oldest of this.#held.keys()) {
      if (this.#bytes <= this.#maxBytes) break;
      this.delete(oldest);
    }
  }

  delete(key: string): void {
    const held = this.#held.get(key);
    if (held === undefined) return;
    this.#held.delete(key);
    this.#bytes -= held.bytes;
    const keys = this.#byResource.get(held.resource);
    keys?.delete(key);
    if (keys?.size === 0) this.#byResource.delete(held.resource);
  }

  /** Forgets every answer of a resource. */
  dropResource(resource: string): void {
    for (const key of this.#byResource.get(resource) ?? []) this.delete(key);
  }

  clear(): void {
    this.#held.clear();
    this.#byResource.clear();
    this.#bytes = 0;
  }

  get bytes(): number {
    return this.#bytes;
  }
}
