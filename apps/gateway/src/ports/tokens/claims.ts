import { CLIENT_CLAIMS } from '@parley/contracts/policies/callers/jwt';

/** What a good token says. */
export interface Verified {
  /** The client it was issued to, as the policy's claim says; `null` when it says nothing. */
  readonly client: string | null;
  readonly subject: string;
  readonly scopes: readonly string[];
  readonly expiresAtMs: number;
}

/** How a policy reads claims. */
export interface ClaimNames {
  readonly applicationClaim?: string | undefined;
  readonly scopesClaim: string;
}

const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]{1,100}$/;
const MAX_SCOPES = 100;

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' && value.length <= 500 ? value : null;
}

/** Scopes as one text separated by spaces (RFC 9068 §2.2.3), or as a list; what is no scope is left out. */
function scopesOf(value: unknown): readonly string[] {
  const list = typeof value === 'string' ? value.split(' ') : Array.isArray(value) ? value : [];
  return list.filter((one): one is string => typeof one === 'string' && SCOPE.test(one)).slice(0, MAX_SCOPES);
}

/** Reads what the gateway needs of verified claims. `expiresAtMs` is when they stop to count. */
export function readClaims(claims: Record<string, unknown>, names: ClaimNames, expiresAtMs: number): Verified {
  const clientClaims = names.applicationClaim === undefined ? CLIENT_CLAIMS : [names.applicationClaim];
  const client = clientClaims.map((name) => text(claims[name])).find((value) => value !== null) ?? null;
  return {
    client,
    subject: text(claims['sub']) ?? client ?? '',
    scopes: scopesOf(claims[names.scopesClaim]),
    expiresAtMs,
  };
}
