import { z } from 'zod';
import { makeOwnCall } from '../own-calls/own-call.ts';
import { DONE, doneShape } from '../shapes.ts';
import { AfterCommit, defineVerb } from '../verb.ts';
import { applicationOfToken, tokenText } from './token-shape.ts';

/** Revokes a party token: every node refuses it within a second, with all that came of it (PT-7.2, PT-10.4). */
export const revokePartyToken = defineVerb({
  name: 'partyTokens.revoke',
  summary: 'Revoke a party token; every node refuses it within a second, with all that was exchanged from it.',
  kind: 'write',
  access: 'keys.write',
  rest: { method: 'POST', path: '/party-tokens/revoke' },
  input: z.object({ token: tokenText }),
  output: doneShape,
  run: async ({ tx, input: { token }, tenantId, context, audit }) => {
    const { application, jti } = await applicationOfToken(tx, tenantId, token);
    await audit({
      subject: { kind: 'partyToken', id: jti, label: application.name },
      detail: { application: application.slug },
    });
    const question = { applicationId: application.id, keyId: null, method: 'POST' } as const;
    return new AfterCommit(async () => {
      await makeOwnCall(context.settings, { ...question, path: '/v1/party-tokens/revoke', form: { token } });
      return DONE;
    });
  },
});
