/** What is known of a token beside what it says (PT-1.4); one of which nothing is known is as it was issued. */
export const TOKEN_STATES = ['active', 'withdrawn', 'revoked'] as const;
export type TokenState = (typeof TOKEN_STATES)[number];

/** What a node knows of a tenant: lets the store notice that it has lost something since (PT-6.5). */
export interface Known {
  readonly gen: number;
  /** The latest clock it has seen. */
  readonly seen: number;
  /** The clock up to which it has read changes. */
  readonly readTo: number;
}

/** Where the store stands. */
export interface Standing {
  readonly gen: number;
  readonly clock: number;
}

export interface StateNews extends Standing {
  /** Of tokens that have changed since `readTo`; all there are where the generation is another. */
  readonly changes: readonly (readonly [jti: string, state: TokenState])[];
}

/** Which token: nothing is done for one of another generation. */
export interface TokenName {
  readonly jti: string;
  readonly gen: number;
  readonly endsAtMs: number;
}

/** A token with those it was exchanged from, the first one first (PT-10.4). */
export interface TokenLine extends TokenName {
  readonly from: readonly string[];
}

/** What parties say of a token, and how many must have signed it. */
export interface Signatures {
  readonly need: number;
  readonly said: readonly { readonly party: string; readonly says: 'signed' | 'withdrawn' }[];
}

/** How a token stands after that. */
export interface Attested extends Standing {
  readonly state: TokenState | 'pending' | 'ended';
  readonly signed: number;
}

/** What came of a use: how many are left, or why there is none. */
export type Draw = number | 'spent' | 'inactive';

/** States and allowances of a tenant's tokens, over all nodes. Every method rejects when nobody can tell. */
export interface PartyStateStore {
  read(tenantId: string, known: Known): Promise<StateNews>;
  /** Sets a state. `revoked` is final. */
  change(tenantId: string, known: Known, token: TokenName, state: TokenState): Promise<Standing>;
  /** Notes what parties have signed; who has withdrawn signs no more. The token is active while enough have signed. */
  attest(tenantId: string, known: Known, token: TokenName, signatures: Signatures): Promise<Attested>;
  /** Begins an allowance. False: the token's generation has ended meanwhile. */
  open(tenantId: string, known: Known, token: TokenName, uses: number): Promise<boolean>;
  draw(tenantId: string, known: Known, token: TokenName): Promise<Standing & { readonly drawn: Draw }>;
  giveBack(tenantId: string, known: Known, token: TokenName): Promise<void>;
  /** Whether this is the first time within so many milliseconds that this name comes. */
  once(tenantId: string, name: string, ms: number): Promise<boolean>;
  /** Uses left; 0 where nothing is known. */
  left(tenantId: string, token: TokenName): Promise<number>;
}

/** Live entries of one tenant; one more begins a new generation (PT-6.5). */
export const MAX_STATES = 20_000;
/** Entries outlive their tokens by this, for clocks of nodes differ. */
export const AFTER_END_MS = 3_600_000;
/** Longer than any token lives: what nobody has touched for so long is about ended tokens only. */
export const FORGET_MS = 2 * 86_400_000;
