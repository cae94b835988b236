import { createPublicKey } from 'node:crypto';
import { actorsOf, claimsSchema, type PartyClaims } from '@parley/party-token/claims';
import { ALGORITHMS, judgeTimes, TokenFault, type VerifyingKey, verifyToken } from '@parley/party-token/compact';
import { z } from 'zod';
import { makeOwnCall } from '../own-calls/own-call.ts';
import { AfterCommit, defineVerb } from '../verb.ts';
import { applicationOfToken, tokenText } from './token-shape.ts';

const keySetSchema = z.object({
  keys: z.array(z.object({ kid: z.string(), alg: z.enum(ALGORITHMS) }).catchall(z.string())),
});
const introspectedSchema = z.object({
  active: z.boolean(),
  state: z.string().optional(),
  uses_left: z.number().int().optional(),
});

/** What is known of a token's worth, and in which words it is told. */
const WHY_NOT: Readonly<Record<string, string>> = {
  pending: 'Not enough parties have signed it yet.',
  withdrawn: 'So many parties took their signatures back that too few are left.',
};
const ENDED = 'It was revoked, or one it came from was, or all tokens of the tenant were ended.';

/** Says whether a party token of the tenant's is good, why not, and what it says. */
export const inspectPartyToken = defineVerb({
  name: 'partyTokens.inspect',
  summary: 'Say whether a party token is good, why not, and what it says.',
  kind: 'write',
  access: 'applications.read',
  rest: { method: 'POST', path: '/party-tokens/inspect' },
  input: z.object({ token: tokenText }),
  output: z.object({
    application: z.object({ id: z.string(), slug: z.string(), name: z.string() }),
    /** The key in whose name it was issued; `null` where it is gone. */
    key: z.string().nullable(),
    active: z.boolean(),
    /** In words; `null` where it is good. */
    whyNot: z.string().nullable(),
    usesLeft: z.number().int().nullable(),
    /** `null` where the signature is not good: then nothing it says counts. */
    claims: claimsSchema.nullable(),
    /** Ids of the parties that acted before, the last one first. */
    actedBefore: z.array(z.string()),
    /** Names of APIs in its audience, by id; those that cannot be seen any more are left out. */
    apis: z.record(z.string(), z.string()),
  }),
  run: async ({ tx, input: { token }, tenantId, context, audit }) => {
    const { application, jti } = await applicationOfToken(tx, tenantId, token);
    await audit({ subject: { kind: 'partyToken', id: jti, label: application.name } });
    const { id: applicationId, slug, name } = application;
    const claimed = claimsOf(token);
    const key = claimed && (await tx.apiKey.findFirst({ where: { tenantId, applicationId, id: claimed.client_id } }));
    const dead = !key || key.revokedAt !== null || (key.expiresAt !== null && key.expiresAt <= new Date());
    const ids = (claimed?.aud ?? []).flatMap((one) => (one.startsWith(API) ? [one.slice(API.length)] : []));
    const apis = await tx.api.findMany({ where: { id: { in: ids } }, select: { id: true, name: true } });
    const shown = {
      application: { id: applicationId, slug, name },
      key: key?.name ?? null,
      apis: Object.fromEntries(apis.map((api) => [api.id, api.name])),
    };
    return new AfterCommit(async () => {
      const own = { applicationId, keyId: null } as const;
      const path = `/v1/party-tokens/${tenantId}/jwks.json`;
      const keys = keySetSchema.parse(await makeOwnCall(context.settings, { ...own, method: 'GET', path }));
      const claims = verifyToken(token, (_issuer, kid) => keyNamed(keys, kid));
      const none = { usesLeft: null, actedBefore: [] };
      if (claims instanceof TokenFault) {
        return { ...shown, ...none, active: false, whyNot: `${claims.reason}.`, claims: null };
      }
      const ask = { ...own, method: 'POST', path: '/v1/party-tokens/introspect', form: { token } } as const;
      const told = introspectedSchema.parse(await makeOwnCall(context.settings, ask));
      const times = judgeTimes(claims, Date.now());
      const whyNot = times
        ? `${times.reason}.`
        : dead
          ? 'The key in whose name it was issued opens nothing any more.'
          : told.active
            ? null
            : (WHY_NOT[told.state ?? ''] ?? ENDED);
      const actedBefore = actorsOf(claims.act).slice(1);
      return { ...shown, active: whyNot === null, whyNot, usesLeft: told.uses_left ?? null, claims, actedBefore };
    });
  },
});

const API = 'urn:parley:api:';

/** What the token says, unproven: only to look up what it names. */
function claimsOf(token: string): PartyClaims | null {
  try {
    const read = claimsSchema.safeParse(JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()));
    return read.success ? read.data : null;
  } catch {
    return null;
  }
}

function keyNamed({ keys }: z.output<typeof keySetSchema>, named: string): VerifyingKey | null {
  const found = keys.find(({ kid }) => kid === named);
  if (found === undefined) return null;
  const { kid, alg } = found;
  return { kid, alg, publicKey: createPublicKey({ key: found, format: 'jwk' }) };
}
