/** The fields of a patch that were given: `undefined` ones are left out, so that the row keeps its value. */
export function given<T extends object>(patch: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

/** Writes as plain JSON what a column of type `jsonb` takes: no `undefined`, no prototypes. */
export function asJson<T>(value: T): JsonOf {
  return JSON.parse(JSON.stringify(value)) as JsonOf;
}

export type JsonOf =
  | { [name: string]: JsonOf | string | number | boolean | null }
  | (JsonOf | string | number | boolean | null)[];
