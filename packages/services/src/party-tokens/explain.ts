import { DATA_CLASSES } from '@parley/party-token/claims';
import { ACTIONS } from '@parley/party-token/permission';
import { z } from 'zod';
import { makeOwnCall } from '../own-calls/own-call.ts';
import { AfterCommit, defineVerb } from '../verb.ts';
import { applicationOfToken, tokenText } from './token-shape.ts';

const decisionShape = z.object({ allowed: z.boolean(), rule: z.string(), because: z.string() });

/** What a token's own table says to a question, and which rule decides (PT-7.3). */
export const explainPartyToken = defineVerb({
  name: 'partyTokens.explain',
  summary: 'Say whether a party token allows something, and which of its rules decides.',
  kind: 'write',
  access: 'applications.read',
  rest: { method: 'POST', path: '/party-tokens/explain' },
  input: z.object({
    token: tokenText,
    action: z.enum(ACTIONS),
    resource: z
      .string()
      .trim()
      .regex(
        /^(?:api|model|session|party):[!-~]{1,4000}$/,
        'Write api:publisher/api/version/path, model:publisher/model, session:ses_… or party:id.',
      ),
    data: z.enum(DATA_CLASSES).optional(),
  }),
  output: decisionShape,
  run: async ({ tx, input, tenantId, context, audit }) => {
    const { token, action, resource, data } = input;
    const { application, jti } = await applicationOfToken(tx, tenantId, token);
    const subject = { kind: 'partyToken', id: jti, label: application.name };
    await audit({ subject, detail: { action, resource: resource.slice(0, 500) } });
    const question = { applicationId: application.id, keyId: null, method: 'POST' } as const;
    const json = { token, action, resource, ...(data ? { data } : {}) };
    return new AfterCommit(async () =>
      decisionShape.parse(await makeOwnCall(context.settings, { ...question, path: '/v1/party-tokens/explain', json })),
    );
  },
});
