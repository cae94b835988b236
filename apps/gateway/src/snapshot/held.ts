import { namesOfTenant } from '@parley/contracts/tenant-names';
import type { CompiledApplication, CompiledTenant } from './compiled.ts';

const STEP = 200;

/** Publishers in memory, by id and by name. */
export class HeldTenants {
  readonly #byId = new Map<string, CompiledTenant>();
  readonly #byName = new Map<string, CompiledTenant>();

  get(id: string): CompiledTenant | undefined {
    return this.#byId.get(id);
  }

  named(name: string): CompiledTenant | undefined {
    return this.#byName.get(name);
  }

  ids(): IterableIterator<string> {
    return this.#byId.keys();
  }

  /** Puts one in the place of what was held under its id. Returns the names that lead to it. */
  put(next: CompiledTenant): readonly string[] {
    this.#forget(next.id);
    this.#byId.set(next.id, next);
    const names = namesOfTenant(next.doc);
    for (const name of names) this.#byName.set(name, next);
    return names;
  }

  /** False when there was none. */
  drop(id: string): boolean {
    this.#forget(id);
    return this.#byId.delete(id);
  }

  #forget(id: string): void {
    const held = this.#byId.get(id);
    if (held === undefined) return;
    held.live = false;
    for (const name of namesOfTenant(held.doc)) if (this.#byName.get(name) === held) this.#byName.delete(name);
  }
}

/** Callers in memory, by id and by name. An application may have many names: they lead to its id, which stays. */
export class HeldApplications {
  readonly #byId = new Map<string, CompiledApplication>();
  readonly #idByName = new Map<string, string>();

  get(id: string): CompiledApplication | undefined {
    return this.#byId.get(id);
  }

  named(name: string): CompiledApplication | undefined {
    const id = this.#idByName.get(name);
    return id === undefined ? undefined : this.#byId.get(id);
  }

  ids(): IterableIterator<string> {
    return this.#byId.keys();
  }

  /** Puts one in the place of what was held under its id, at once; then brings names up to date. Yields new names. */
  *put(next: CompiledApplication): Generator<readonly string[], void> {
    const held = this.#byId.get(next.id);
    if (held !== undefined) held.live = false;
    this.#byId.set(next.id, next);
    for (let from = 0; from < next.names.length; from += STEP) {
      const fresh = next.names.slice(from, from + STEP).filter((name) => this.#idByName.get(name) !== next.id);
      for (const name of fresh) this.#idByName.set(name, next.id);
      yield fresh;
    }
    if (held === undefined) return;
    const names = new Set(next.names);
    this.#forget(
      held,
      held.names.filter((name) => !names.has(name)),
    );
  }

  /** False when there was none. */
  drop(id: string): boolean {
    const held = this.#byId.get(id);
    if (held === undefined) return false;
    held.live = false;
    this.#forget(held, held.names);
    return this.#byId.delete(id);
  }

  #forget({ id }: CompiledApplication, names: readonly string[]): void {
    for (const name of names) if (this.#idByName.get(name) === id) this.#idByName.delete(name);
  }
}
