type SqlType =
  | 'uuid'
  | 'uuid[]'
  | 'text'
  | 'text[]'
  | 'int'
  | 'bigint'
  | 'date'
  | 'timestamptz'
  | 'float8[]'
  | 'interval';

/** Collects the values of a statement that is put together from parts: each becomes a typed placeholder. */
export class SqlValues {
  readonly list: unknown[] = [];

  /** Adds a value and gives the text that stands for it. */
  add(value: unknown, type: SqlType): string {
    this.list.push(value);
    return `$${this.list.length}::${type}`;
  }
}
