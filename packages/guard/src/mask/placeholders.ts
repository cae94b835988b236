const NAMES: Readonly<Record<string, string>> = {
  nationalId: 'NATIONAL_ID',
  cryptoAddress: 'CRYPTO_ADDRESS',
  birthDate: 'BIRTH_DATE',
};

const nameOf = (kind: string): string =>
  NAMES[kind] ??
  (kind
    .toUpperCase()
    .replace(/[^A-Z]+/g, '_')
    .slice(0, 24) ||
    'TEXT');

/** Most values one request may hide; further ones get a placeholder that is not restored. */
const MOST_VALUES = 10_000;

/**
 * The placeholders of one request: the same value has the same one throughout, and none is one that the request's own text
 * held already. Lives in memory for the request only.
 */
export class Placeholders {
  readonly #byValue = new Map<string, string>();
  readonly #byKey = new Map<string, string>();
  readonly #counts = new Map<string, number>();
  readonly #taken = new Set<string>();

  /** Call with every text of the request before the first is masked. */
  reserve(text: string): void {
    for (const match of text.matchAll(/(?<=[A-Z])[_ ](\d{1,6})(?!\d)/gi)) {
      const name = /[A-Z][A-Z_]{0,30}$/i.exec(text.slice(Math.max(0, match.index - 31), match.index))?.[0] ?? '';
      if (this.#taken.size < MOST_VALUES) this.#taken.add(`${name.toUpperCase()}_${Number(match[1])}`);
    }
  }

  /** The placeholder of a value: `<EMAIL_1>`. */
  of(kind: string, value: string): string {
    const id = `${kind}\n${value}`;
    const known = this.#byValue.get(id);
    if (known !== undefined) return known;
    const name = nameOf(kind);
    if (this.#byValue.size >= MOST_VALUES) return `<${name}>`;
    let count = this.#counts.get(name) ?? 0;
    do count++;
    while (this.#taken.has(`${name}_${count}`));
    this.#counts.set(name, count);
    const key = `${name}_${count}`;
    this.#byValue.set(id, `<${key}>`);
    this.#byKey.set(key, value);
    return `<${key}>`;
  }

  /** The value behind a name and number, however these are written. */
  valueOf(name: string, number: string): string | undefined {
    return this.#byKey.get(`${name.toUpperCase().replace(/[\s-]+/g, '_')}_${Number(number)}`);
  }

  get size(): number {
    return this.#byKey.size;
  }
}

/** The plain mask where nothing is to be restored, such as in answers: `[email]`. */
export const redaction = (kind: string): string => `[${nameOf(kind).toLowerCase().replaceAll('_', ' ')}]`;
