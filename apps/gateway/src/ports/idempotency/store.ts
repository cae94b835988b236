/** What a repeated or first use of an idempotency key meets. */
export type Claim =
  /** The key was free and is now the caller's for the lease. */
  | { readonly kind: 'claimed' }
  /** The first call has not ended; its lease, unless renewed, ends in this time. */
  | { readonly kind: 'running'; readonly leaseMs: number }
  /** The key was used for another request. */
  | { readonly kind: 'mismatch' }
  /** Answered before; `null` when the answer was not kept. */
  | { readonly kind: 'answered'; readonly answer: Buffer | null };

/** Where idempotency keys are held, shared by all nodes. Every method rejects when the store is away. */
export interface IdempotencyStore {
  /** Takes the key for `owner`, or says what it is taken for. Atomic. */
  claim(key: string, fingerprint: string, owner: string, leaseMs: number): Promise<Claim>;
  /** Holds on to the key. False when it is not the owner's any more. */
  extend(key: string, owner: string, leaseMs: number): Promise<boolean>;
  /** Keeps the answer (`null`: only that there was one) for repeats, if the key is still the owner's. */
  keep(key: string, owner: string, answer: Buffer | null, ttlMs: number): Promise<void>;
  /** Frees the key, if it is still the owner's: the next call with it runs. */
  release(key: string, owner: string): Promise<void>;
}
