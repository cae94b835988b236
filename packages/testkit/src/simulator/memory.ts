/** What a format keeps between calls, such as stored responses and files. */
export interface Kept {
  clear(): void;
}

/** One simulator's memory: each kind of thing is made when it is first asked for, and forgotten with all the others. */
export interface Memory extends Kept {
  /** The one `make` makes in this simulator. */
  of<T extends Kept>(make: () => T): T;
}

export function memory(): Memory {
  const kept = new Map<() => Kept, Kept>();
  return {
    of<T extends Kept>(make: () => T): T {
      const known = kept.get(make);
      if (known) return known as T;
      const made = make();
      kept.set(make, made);
      return made;
    },
    clear() {
      for (const found of kept.values()) found.clear();
    },
  };
}
