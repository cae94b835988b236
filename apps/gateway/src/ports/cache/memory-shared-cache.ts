import type { SharedCache } from './shared-cache.ts';

type OnInvalid = (resource: string, mark: string) => void;

/** A shared cache in memory, for tests. `away` makes every call fail, as Redis does when it is gone. */
export class MemorySharedCache {
  away = false;
  readonly slots = new Map<string, Buffer>();
  readonly #marks = new Map<string, string>();
  readonly #followers: { readonly onInvalid: OnInvalid; readonly onGap: () => void }[] = [];

  /** One node's view of it. */
  node(): SharedCache {
    return {
      read: async (tenantId, resource, key) => {
        this.#check();
        return { mark: this.#marks.get(resource) ?? '', sealed: this.slots.get(`${tenantId} ${key}`) ?? null };
      },
      write: async (tenantId, key, sealed) => {
        this.#check();
        this.slots.set(`${tenantId} ${key}`, sealed);
      },
      invalidate: async (_tenantId, resource, mark) => {
        this.#check();
        this.#marks.set(resource, mark);
        for (const { onInvalid } of this.#followers) onInvalid(resource, mark);
      },
      follow: (onInvalid, onGap) => {
        this.#followers.push({ onInvalid, onGap });
      },
      close: () => {},
    };
  }

  /** The store is back: followers may have missed something. */
  comeBack(): void {
    this.away = false;
    for (const { onGap } of this.#followers) onGap();
  }

  #check(): void {
    if (this.away) throw new Error('the store is away');
  }
}
