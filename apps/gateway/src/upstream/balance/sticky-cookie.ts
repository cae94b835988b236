import { createHash } from 'node:crypto';
import type { BalanceOptions } from '@parley/contracts/upstream-options';
import type { Target } from './target.ts';

type StickyOptions = Extract<BalanceOptions, { kind: 'sticky' }>;

/** A target's name in cookies: says nothing of its address, and is the same on every node. */
function tokenOf(target: Target): string {
  return createHash('sha256').update(target.key).digest('hex').slice(0, 16);
}

/** Keeps a caller at the target that answered first (RFC 6265 cookies). The cookie never travels to the upstream. */
export class StickyCookie {
  readonly #name: string;
  readonly #attributes: string;
  readonly #tokens = new WeakMap<Target, string>();

  constructor(options: StickyOptions) {
    const { cookie, maxAgeSeconds, secure } = options;
    this.#name = cookie;
    this.#attributes = `; Path=/; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}${maxAgeSeconds === undefined ? '' : `; Max-Age=${maxAgeSeconds}`}`;
  }

  /** The candidate the caller's cookie names, if it may still be called. */
  find(candidates: readonly Target[], cookies: string | undefined): Target | null {
    const token = this.#read(cookies);
    if (token === null) return null;
    return candidates.find((target) => this.#token(target) === token) ?? null;
  }

  /** `Set-Cookie` when the caller does not hold this target's cookie. */
  headerFor(target: Target, cookies: string | undefined): string | null {
    const token = this.#token(target);
    return this.#read(cookies) === token ? null : `${this.#name}=${token}${this.#attributes}`;
  }

  #token(target: Target): string {
    let token = this.#tokens.get(target);
    if (token === undefined) {
      token = tokenOf(target);
      this.#tokens.set(target, token);
    }
    return token;
  }

  #read(cookies: string | undefined): string | null {
    if (cookies === undefined) return null;
    for (const pair of cookies.split(';')) {
      const at = pair.indexOf('=');
      if (at !== -1 && pair.slice(0, at).trim() === this.#name) return pair.slice(at + 1).trim();
    }
    return null;
  }
}
