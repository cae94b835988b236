import type { AccessTokens, TokenKey } from './access-tokens.ts';

/** The memory twin: numbered tokens, for every key but those in `bad`. */
export class MemoryAccessTokens implements AccessTokens {
  readonly #bad: readonly string[];
  readonly #held = new Map<string, string>();
  readonly #renewed = new Set<string>();
  #last = 0;

  constructor(bad: readonly string[] = []) {
    this.#bad = bad;
  }

  held({ id }: TokenKey): string | null {
    return this.#held.get(id) ?? null;
  }

  get(key: TokenKey): Promise<string | null> {
    if (this.#bad.includes(key.id)) return Promise.resolve(null);
    const token = this.held(key) ?? `token-${++this.#last}`;
    this.#held.set(key.id, token);
    return Promise.resolve(token);
  }

  refused({ id }: TokenKey, token: string): boolean {
    if (this.#held.get(id) !== token) return true;
    if (this.#renewed.has(id)) return false;
    this.#renewed.add(id);
    this.#held.delete(id);
    return true;
  }
}
