import type { Clock } from '@parley/kernel/clock';
import { readToken, tokenQuestion } from '@parley/llm/providers/google-auth';
import type { Logger } from '@parley/telemetry/logger';
import { GenerationCache } from '../../snapshot/generation-cache.ts';
import type { ReadSmall } from '../../upstream/read-small.ts';
import type { AccessTokens, TokenKey } from './access-tokens.ts';

/** Keys whose tokens are held; those that were not asked for lately are forgotten. */
const MAX_KEYS = 5000;
/** From this long before its end a token is not begun with: a call takes a while to arrive. */
const MARGIN_MS = 30_000;
/** From this share of its life on a token is renewed, beside the calls that go on using it. */
const RENEWED_AFTER = 0.8;
/** How long a key without a token is left alone: after the first failure, and at most. */
const FIRST_REST_MS = 2000;
const LONGEST_REST_MS = 60_000;
/** A token that is refused within this time after another was refused is not the cause. */
const RENEWAL_MS = 60_000;

/** What is known of one key. */
interface Held {
  readonly secret: string;
  token: string;
  goodUntilMs: number;
  renewAtMs: number;
  running: Promise<string | null> | null;
  failures: number;
  restsUntilMs: number;
  refusedAtMs: number;
}

/** Tokens for service accounts, by the key's own token endpoint, kept by key while they are good. */
export class ServiceAccountTokens implements AccessTokens {
  readonly #read: ReadSmall;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #known = new GenerationCache<string, Held>(MAX_KEYS);

  /** `read` goes through the SSRF-safe connector: a key may name its token endpoint. */
  constructor(read: ReadSmall, clock: Clock, log: Logger) {
    this.#read = read;
    this.#clock = clock;
    this.#log = log;
  }

  held(key: TokenKey): string | null {
    const held = this.#of(key);
    const nowMs = this.#clock.nowMs();
    if (nowMs >= held.goodUntilMs) return null;
    if (nowMs >= held.renewAtMs && held.running === null && nowMs >= held.restsUntilMs) void this.#ask(key, held);
    return held.token;
  }

  get(key: TokenKey): Promise<string | null> {
    const held = this.#of(key);
    const nowMs = this.#clock.nowMs();
    if (nowMs < held.goodUntilMs) return Promise.resolve(held.token);
    if (held.running !== null) return held.running;
    return nowMs < held.restsUntilMs ? Promise.resolve(null) : this.#ask(key, held);
  }

  refused(key: TokenKey, token: string): boolean {
    const held = this.#of(key);
    // Somebody else was refused it as well, and there is a newer one.
    if (held.token !== token) return true;
    const nowMs = this.#clock.nowMs();
    if (nowMs - held.refusedAtMs < RENEWAL_MS) return false;
    held.refusedAtMs = nowMs;
    held.goodUntilMs = 0;
    return true;
  }

  #of({ id, secret }: TokenKey): Held {
    const known = this.#known.get(id);
    if (known?.secret === secret) return known;
    const held: Held = {
      secret,
      token: '',
      goodUntilMs: 0,
      renewAtMs: 0,
      running: null,
      failures: 0,
      restsUntilMs: 0,
      refusedAtMs: Number.NEGATIVE_INFINITY,
    };
    this.#known.set(id, held);
    return held;
  }

  #ask(key: TokenKey, held: Held): Promise<string | null> {
    const running = this.#fetch(key, held).finally(() => {
      held.running = null;
    });
    held.running = running;
    return running;
  }

  async #fetch(key: TokenKey, held: Held): Promise<string | null> {
    try {
      const askedMs = this.#clock.nowMs();
      const got = readToken(await this.#read(await tokenQuestion(key.secret, askedMs)));
      if (got === null) throw new Error('the token endpoint gave no access token');
      held.token = got.token;
      // A life shorter than the margin is used as it is: better than a question for every call.
      held.goodUntilMs = askedMs + Math.max(got.lifetimeMs - MARGIN_MS, got.lifetimeMs / 2);
      held.renewAtMs = askedMs + got.lifetimeMs * RENEWED_AFTER;
      held.failures = 0;
      held.restsUntilMs = 0;
      return got.token;
    } catch (error) {
      const restMs = Math.min(LONGEST_REST_MS, FIRST_REST_MS * 2 ** held.failures);
      held.failures = Math.min(held.failures + 1, 10);
      held.restsUntilMs = this.#clock.nowMs() + restMs;
      this.#log.warn('no access token for a provider’s key', { keyId: key.id, error });
      return null;
    }
  }
}
