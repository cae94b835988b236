import { Fault } from '@parley/kernel/fault';
import { z } from 'zod';
import { applicationRef, findApplication } from '../applications/application-shape.ts';
import { makeOwnCall } from '../own-calls/own-call.ts';
import { AfterCommit, defineVerb } from '../verb.ts';

const issuedSchema = z.object({
  party_token: z.string(),
  expires_in: z.number().int(),
  jti: z.string(),
  state: z.string(),
});

/** Issues a party token in the name of one of an application's keys, as the application itself could (PT-5). */
export const issuePartyToken = defineVerb({
  name: 'partyTokens.issue',
  summary: 'Issue a party token in the name of one of an application’s keys; it is told once.',
  kind: 'write',
  access: 'keys.write',
  rest: { method: 'POST', path: '/party-tokens' },
  input: z.object({
    application: applicationRef,
    key: z.uuid('Choose a key.').describe('Id of the key: the token is worth what that key is worth.'),
    request: z
      .record(z.string().max(40), z.json())
      .describe('What it is asked for with: the body of POST /v1/party-tokens (PT-5.1).'),
  }),
  output: z.object({
    /** Told once, kept nowhere. */
    token: z.string(),
    tokenId: z.string(),
    expiresInSeconds: z.number().int(),
    /** `pending` until parties have signed it (PT-8.1). */
    state: z.string(),
  }),
  run: async ({ tx, input, tenantId, context, audit }) => {
    const { id: applicationId, name } = await findApplication(tx, tenantId, input.application);
    const key = await tx.apiKey.findFirst({ where: { tenantId, applicationId, id: input.key } });
    if (!key) throw new Fault('not_found', 'The application has no such key.');
    const { parties, ...terms } = input.request;
    await audit({
      subject: { kind: 'partyToken', id: null, label: name },
      detail: { key: key.name, parties: idsOf(parties), ...pick(terms) },
    });
    return new AfterCommit(async () => {
      const question = { applicationId, keyId: key.id, method: 'POST', path: '/v1/party-tokens' } as const;
      const said = issuedSchema.parse(await makeOwnCall(context.settings, { ...question, json: input.request }));
      return { token: said.party_token, tokenId: said.jti, expiresInSeconds: said.expires_in, state: said.state };
    });
  },
});

/** Who takes part, for the audit log. */
function idsOf(parties: unknown): string[] {
  const ids = z.array(z.object({ id: z.string().max(64) })).safeParse(parties);
  return ids.success ? ids.data.slice(0, 16).map(({ id }) => id) : [];
}

const NOTED = ['acting', 'on_behalf_of', 'audience', 'ctx', 'stage', 'allowance', 'expires_in'] as const;

/** What else is worth noting; not what the token carries along. */
function pick(terms: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const given = NOTED.filter((name) => terms[name] !== undefined);
  const noted = Object.fromEntries(given.map((name) => [name, terms[name]]));
  return JSON.stringify(noted).length > 4000 ? {} : noted;
}
