import { StripeFailure } from './stripe-error.ts';

export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What was asked under a key, what was answered, and when: Unix seconds. */
export interface KeptAnswer {
  readonly asked: string;
  readonly answer: Answer;
  readonly at: number;
}

const KEPT_SECONDS = 24 * 3_600;
const MAX_LENGTH = 255;

/** Remembers the answer to each write with an `Idempotency-Key`, for 24 hours, as Stripe's first generation does. */
export class Idempotency {
  readonly #kept = new Map<string, KeptAnswer>();

  /** The answer given before; throws 400 `idempotency_error` where the key was used for something else. */
  recall(key: string, asked: string, now: number): Answer | undefined {
    if (key.length > MAX_LENGTH)
      throw new StripeFailure(400, `Idempotency keys have at most ${MAX_LENGTH} characters.`);
    const known = this.#kept.get(key);
    if (known === undefined || known.at + KEPT_SECONDS <= now) return undefined;
    if (known.asked !== asked) {
      throw new StripeFailure(
        400,
        `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${key}' if you meant to execute a different request.`,
        { type: 'idempotency_error' },
      );
    }
    return { ...known.answer, headers: { ...known.answer.headers, 'idempotent-replayed': 'true' } };
  }

  keep(key: string, asked: string, answer: Answer, now: number): void {
    this.#kept.set(key, { asked, answer, at: now });
  }

  entries(): Iterable<[string, KeptAnswer]> {
    return this.#kept.entries();
  }

  restore(key: string, kept: KeptAnswer): void {
    this.#kept.set(key, kept);
  }

  /** Forgets what is older than a day. */
  prune(now: number): void {
    for (const [key, { at }] of this.#kept) if (at + KEPT_SECONDS <= now) this.#kept.delete(key);
  }
}
