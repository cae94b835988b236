import type { IdempotencyPolicy } from '@parley/contracts/policies/idempotency';
import { type DataKey, sealBuffer } from '@parley/kernel/seal';
import type { Exchange } from '../../exchange.ts';
import type { IdempotencyKeys } from '../../ports/idempotency/keys.ts';
import { lastingHeaders, writeAnswer } from './kept-answer.ts';

type Outcome = 'keep' | 'keep the fact' | 'release';

/** Answers of an upstream that say it has done nothing yet. */
const NOT_DONE = new Set([429, 503]);

/** What is told of a call's answer, where something of it is remembered beyond the call. */
export interface Keeps {
  /** A piece of the answer that leaves before its end. */
  piece(chunk: Buffer): void;
  /** The call has ended. Resolves when what is remembered is safe; never rejects. */
  end(exchange: Exchange): Promise<void>;
}

/** Keeps the answer of a first call for its repeats, or frees the key when the call came to nothing. */
export class Keeping implements Keeps {
  readonly #keys: IdempotencyKeys;
  readonly #name: string;
  readonly #dataKey: DataKey;
  readonly #policy: IdempotencyPolicy;
  readonly #pieces: Buffer[] = [];
  #bytes = 0;

  constructor(keys: IdempotencyKeys, name: string, dataKey: DataKey, policy: IdempotencyPolicy) {
    this.#keys = keys;
    this.#name = name;
    this.#dataKey = dataKey;
    this.#policy = policy;
  }

  /** A piece of the answer that leaves before its end. */
  piece(chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#bytes <= this.#policy.maxAnswerBytes) this.#pieces.push(chunk);
    else this.#pieces.length = 0;
  }

  /** The call has ended. Resolves when repeats are sure to find its answer; never rejects. */
  async end(exchange: Exchange): Promise<void> {
    const outcome = this.#outcome(exchange);
    if (outcome === 'release') return this.#keys.release(this.#name);
    const answer = outcome === 'keep' ? this.#sealed(exchange) : null;
    return this.#keys.keep(this.#name, answer, this.#policy.ttlSeconds * 1000);
  }

  #outcome(exchange: Exchange): Outcome {
    if (!exchange.upstreamReached) return 'release';
    const good = exchange.status < 300;
    // A model changes nothing: only a good answer, which was paid for, must not be made twice.
    if (exchange.kind !== 'rest' && !good) return 'release';
    if (NOT_DONE.has(exchange.status) && exchange.code === null) return 'release';
    const whole = exchange.code === null || !exchange.headSent;
    return whole && !exchange.stream && exchange.code !== 'client_closed' ? 'keep' : 'keep the fact';
  }

  #sealed(exchange: Exchange): Buffer | null {
    const { replyBody } = exchange;
    if (replyBody !== null) this.piece(typeof replyBody === 'string' ? Buffer.from(replyBody) : replyBody);
    if (this.#bytes > this.#policy.maxAnswerBytes) return null;
    const headers = lastingHeaders(exchange.replyHeaders ?? []);
    const answer = writeAnswer({ status: exchange.status, headers, body: Buffer.concat(this.#pieces) });
    return sealBuffer(this.#dataKey, answer, sealPurpose(this.#name));
  }
}

/** What an answer is sealed for: that of one key cannot be opened as another's. */
export function sealPurpose(name: string): string {
  return `idempotency_answer:${name}`;
}
