import { isId } from '@parley/kernel/id';
import { z } from 'zod';
import { nameSchema, PARTY_KINDS, partyIdSchema, permissionSchema, ruleSchema } from './permission.ts';

/** Longest life of a token, in seconds (section 3). */
export const MAX_LIFE_SECONDS = 86_400;
/** Bytes of JSON that `context` may have. */
export const MAX_CONTEXT_BYTES = 2048;
/** Depth of `act`. */
export const MAX_ACT_DEPTH = 5;

/** Classes of data, lowest first. */
export const DATA_CLASSES = ['public', 'internal', 'confidential', 'restricted'] as const;
export type DataClass = (typeof DATA_CLASSES)[number];

const SESSION = /^ses_([0-9a-f-]{36})$/;
const AUDIENCE = /^urn:parley:(?:api:|session:ses_)([0-9a-f-]{36})$/;
/** The member of `aud` for sessions that a token opens itself (PT-6.8). */
export const OWN_SESSIONS = 'urn:parley:sessions';
const seconds = z.number().int().min(0).max(9_999_999_999);
const id = z.string().refine(isId, 'Must be a UUID');
const point = z.string().regex(/^[\w-]{43}$/, 'Must be 32 bytes of base64url');

function namesUuid(pattern: RegExp): (text: string) => boolean {
  return (text) => isId(pattern.exec(text)?.[1] ?? '');
}

/** The name of a session: `ses_` and a UUID. */
export const sessionIdSchema = z.string().refine(namesUuid(SESSION), 'A session is named ses_ and a UUID');

/** Public keys of parties (PT-3.1): strict, so that a private part is refused. */
const jwkSchema = z.discriminatedUnion('kty', [
  z.strictObject({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: point }),
  z.strictObject({ kty: z.literal('EC'), crv: z.literal('P-256'), x: point, y: point }),
]);

const partySchema = z.strictObject({
  id: partyIdSchema,
  kind: z.enum(PARTY_KINDS),
  role: nameSchema.optional(),
  permissions: z.array(permissionSchema).max(32).optional(),
  jwk: jwkSchema.optional(),
});
export type Party = z.output<typeof partySchema>;

/** Who acts, and who acted before (RFC 8693 §4.1). */
export interface Act {
  readonly sub: string;
  readonly act?: Act | undefined;
}
const actSchema: z.ZodType<Act> = z.strictObject({
  sub: partyIdSchema,
  get act() {
    return actSchema.optional();
  },
});

/** What issuers write and what tokens carry alike (section 3). */
export const manifestShape = {
  parties: z
    .array(partySchema)
    .min(1)
    .max(16)
    .refine((all) => new Set(all.map((party) => party.id)).size === all.length, 'Two parties have the same id'),
  rules: z.array(ruleSchema).max(32).optional(),
  ctx: sessionIdSchema.optional(),
  context: z
    .record(z.string(), z.json())
    .refine(
      (value) => Buffer.byteLength(JSON.stringify(value)) <= MAX_CONTEXT_BYTES,
      'context is larger than 2048 bytes',
    )
    .optional(),
  stage: nameSchema.optional(),
  moves: z.record(nameSchema, z.array(nameSchema).max(16)).optional(),
  allowance: z.strictObject({ uses: z.number().int().min(1).max(1_000_000_000) }).optional(),
  attest: z
    .strictObject({ need: z.number().int().min(1).max(16), of: z.array(partyIdSchema).min(1).max(16) })
    .optional(),
  tier: nameSchema.optional(),
  data: z.enum(DATA_CLASSES).optional(),
  /** The thumbprint of the key its holder must prove to have (section 12). */
  cnf: z.strictObject({ jkt: point }).optional(),
};

/** The claims of a party token (section 3). */
export const claimsSchema = z
  .strictObject({
    iss: z.string().min(1).max(500),
    aud: z
      .array(z.string().refine((one) => one === OWN_SESSIONS || namesUuid(AUDIENCE)(one), 'Not an audience'))
      .min(1)
      .max(20),
    sub: partyIdSchema,
    act: actSchema.optional(),
    iat: seconds,
    exp: seconds,
    nbf: seconds.optional(),
    jti: id,
    from: z.array(id).min(1).max(MAX_ACT_DEPTH).optional(),
    gen: z.number().int().min(1),
    app: id,
    client_id: id,
    scope: z.string().max(2000).optional(),
    ...manifestShape,
  })
  .superRefine((claims, context) => {
    const problem = inconsistency(claims);
    if (problem !== null) context.addIssue({ code: 'custom', message: problem });
  });
export type PartyClaims = z.output<typeof claimsSchema>;

/** Ids in the `act` chain, the acting party first. */
export function actorsOf(act: Act | undefined): string[] {
  const ids: string[] = [];
  for (let at = act; at !== undefined; at = at.act) ids.push(at.sub);
  return ids;
}

/** Id of the party that acts (PT-1.3). */
export function actingId({ sub, act }: Pick<PartyClaims, 'sub' | 'act'>): string {
  return act?.sub ?? sub;
}

type Whole = Pick<PartyClaims, 'sub' | 'act' | 'iat' | 'exp' | 'nbf' | 'parties' | 'rules' | 'ctx' | 'aud' | 'attest'>;

/** What the claims say against one another; `null` when nothing. */
function inconsistency({ sub, act, iat, exp, nbf, parties, rules, ctx, aud, attest }: Whole): string | null {
  if (exp <= iat || exp - iat > MAX_LIFE_SECONDS) return `A token lives 1 to ${MAX_LIFE_SECONDS} seconds`;
  if (nbf !== undefined && nbf >= exp) return 'A token must begin before it ends';
  const actors = actorsOf(act);
  if (actors.length > MAX_ACT_DEPTH) return `act is more than ${MAX_ACT_DEPTH} deep`;
  const known = new Set(parties.map((party) => party.id));
  const named = [sub, ...actors, ...(rules ?? []).flatMap(({ who }) => who?.ids ?? [])];
  if (named.some((one) => !known.has(one))) return 'A party is named that is not among the parties';
  if (ctx !== undefined && !aud.includes(`urn:parley:session:${ctx}`)) return 'ctx is not within aud';
  return attest === undefined ? null : unsignable(attest, parties);
}

/** Why so many of these parties cannot sign (PT-8.1): a key that two of them have would count twice. */
function unsignable({ need, of }: NonNullable<PartyClaims['attest']>, parties: readonly Party[]): string | null {
  const keys = of.map((one) => parties.find((party) => party.id === one)?.jwk?.x);
  if (keys.includes(undefined)) return 'attest names a party that has no key';
  if (new Set(of).size < of.length || new Set(keys).size < keys.length) return 'attest names a party or a key twice';
  return need > of.length ? 'attest needs more signatures than there can be' : null;
}
