/** More places than this nobody reads about; a conversation can have thousands. */
const MAX_NOTED = 64;

/**
 * Members of a request that have no place in the neutral form, by the client's own path, so that a writer of another protocol
 * can say that they were left out. Of the same member in many places the first is noted.
 */
export class Leftovers {
  readonly noted: Record<string, unknown> = {};
  readonly #seen = new Set<string>();

  note(given: Readonly<Record<string, unknown>>, known: readonly string[], path: string): void {
    for (const key in given) {
      if (known.includes(key) || given[key] === null || given[key] === undefined) continue;
      const at = path === '' ? key : `${path}.${key}`;
      const kind = at.replace(/\[\d+\]/g, '[]');
      if (this.#seen.has(kind) || this.#seen.size >= MAX_NOTED) continue;
      this.#seen.add(kind);
      Object.defineProperty(this.noted, at, { value: given[key], enumerable: true });
    }
  }
}
