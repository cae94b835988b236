import { actingId, actorsOf, claimsSchema, MAX_ACT_DEPTH, type PartyClaims } from './claims.ts';
import { decide } from './decide.ts';
import { isNarrower } from './narrow.ts';
import type { Permission } from './permission.ts';

/** What a token is exchanged for (PT-10.1): whatever is not given stays as it is. */
export interface Wanted {
  readonly acting: string;
  readonly stage?: string | undefined;
  readonly aud?: readonly string[] | undefined;
  readonly scope?: string | undefined;
  /** Of the party that is to act. */
  readonly permissions?: readonly Permission[] | undefined;
  readonly expiresInSeconds?: number | undefined;
  /** Thumbprint of the key that the new token is bound to; without it the binding stays. */
  readonly jkt?: string | undefined;
}

/** Why a token is not exchanged. */
export class ExchangeFault {
  readonly error: 'invalid_request' | 'invalid_scope' | 'invalid_target' | 'access_denied';
  readonly description: string;

  constructor(error: ExchangeFault['error'], description: string) {
    this.error = error;
    this.description = description;
  }
}

const subset = (inner: readonly string[], outer: readonly string[]): boolean =>
  inner.every((one) => outer.includes(one));

/**
 * The claims of the token that takes another one's place (section 10): another party acts, `act` tells who did before, and nothing is
 * wider than it was. `token` must be good and live.
 */
export function exchangeClaims(
  token: PartyClaims,
  wanted: Wanted,
  { jti, nowSeconds }: { readonly jti: string; readonly nowSeconds: number },
): PartyClaims | ExchangeFault {
  const { acting, stage, aud, scope } = wanted;
  const party = token.parties.find(({ id }) => id === acting);
  if (party === undefined) return new ExchangeFault('invalid_request', 'acting names nobody who takes part');
  const { allowed, rule } = decide(token, { action: 'token:exchange', resource: `party:${acting}`, audience: null });
  if (!allowed) {
    return new ExchangeFault('access_denied', `${actingId(token)} may not hand over to ${acting}; decided by: ${rule}`);
  }
  if (actorsOf(token.act).length >= MAX_ACT_DEPTH) {
    return new ExchangeFault('access_denied', `Handed over ${MAX_ACT_DEPTH} times, which is the most`);
  }
  if (stage !== undefined && stage !== token.stage && !allowedMoves(token).includes(stage)) {
    return new ExchangeFault('access_denied', `The stage may not move from ${token.stage ?? 'none'} to ${stage}`);
  }
  if (aud !== undefined && (aud.length === 0 || !subset(aud, token.aud))) {
    return new ExchangeFault('invalid_target', 'The audience is not within that of the token');
  }
  if (scope !== undefined && !subset(scopes(scope), scopes(token.scope))) {
    return new ExchangeFault('invalid_scope', 'The token does not have these scopes');
  }
  const permissions = wanted.permissions ?? party.permissions;
  if (wanted.permissions?.some((one) => !isNarrower(one, party.permissions ?? []))) {
    return new ExchangeFault('access_denied', 'A permission is not within those that the party has');
  }
  // What was signed is the former token, whose state goes on to count (PT-8.5).
  const { ctx, attest: _signed, ...kept } = token;
  const audience = aud ?? token.aud;
  const claims = claimsSchema.safeParse({
    ...kept,
    ...(ctx !== undefined && audience.includes(`urn:parley:session:${ctx}`) ? { ctx } : {}),
    aud: audience,
    act: { sub: acting, ...(token.act === undefined ? {} : { act: token.act }) },
    iat: nowSeconds,
    exp: Math.min(token.exp, nowSeconds + (wanted.expiresInSeconds ?? token.exp)),
    jti,
    from: [...(token.from ?? []), token.jti],
    ...(stage === undefined ? {} : { stage }),
    ...(scope === undefined ? {} : { scope }),
    ...(wanted.jkt === undefined ? {} : { cnf: { jkt: wanted.jkt } }),
    parties: token.parties.map((one) => (one === party ? { ...one, permissions } : one)),
  });
  if (!claims.success) return new ExchangeFault('invalid_request', 'The token that would come of this is none');
  return claims.data;
}

function allowedMoves({ stage, moves }: PartyClaims): readonly string[] {
  return stage !== undefined && moves !== undefined && Object.hasOwn(moves, stage) ? (moves[stage] ?? []) : [];
}

function scopes(text: string | undefined): string[] {
  return text?.split(' ').filter(Boolean) ?? [];
}
