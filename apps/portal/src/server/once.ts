const held = globalThis as typeof globalThis & { parleyHeld?: Map<string, unknown> };

/** Makes a thing once per process; hot reloads in development find the same one instead of opening more connections. */
export function once<T>(name: string, make: () => T): () => T {
  return () => {
    held.parleyHeld ??= new Map();
    if (!held.parleyHeld.has(name)) held.parleyHeld.set(name, make());
    return held.parleyHeld.get(name) as T;
  };
}
