import type { Exchange } from '../../../exchange.ts';

/** A signature as a request carries it, before anything of it is believed. */
export interface Signed {
  /** Id of the identity whose secret signed. */
  readonly keyId: string;
  /** Unix seconds. */
  readonly createdAt: number;
  readonly expiresAt: number | null;
  readonly signature: Buffer;
  /** Whether the body's bytes follow the text; else its digest is among what was signed. */
  readonly bodyFollows: boolean;
  /** What was signed; `null` when the request lacks something that was. */
  text(exchange: Exchange): string | null;
}

export function targetOf(exchange: Exchange): string {
  return exchange.path + exchange.query;
}
