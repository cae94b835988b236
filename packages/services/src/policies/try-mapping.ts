import { mappingTrialReplySchema, mappingTrialSchema, TRY_MAPPING_PATH } from '@parley/contracts/mapping-trial';
import { expressionProblem } from '@parley/domain/mapping/expression';
import { z } from 'zod';
import { askGateway } from '../api-versions/ask-gateway.ts';
import { AfterCommit, defineVerb } from '../verb.ts';

/** Tries a mapping on a body, in the gateway itself: the same threads, bounds and formats as for a call. */
export const tryMapping = defineVerb({
  name: 'policies.tryMapping',
  summary: 'Try a body mapping on a body, as the gateway would map it; nothing is called or kept.',
  kind: 'write',
  access: 'apis.read',
  rest: { method: 'POST', path: '/policies/try-mapping' },
  input: mappingTrialSchema.omit({ tenantId: true }),
  output: z.object({
    ...mappingTrialReplySchema.shape,
    /** Where in the expression the problem is, from 1; `null` where it is not one of its text. */
    line: z.number().int().nullable(),
    column: z.number().int().nullable(),
  }),
  run({ input, context, tenantId }) {
    const wrong = input.mapping.map.trim() === '' ? null : expressionProblem(input.mapping.map);
    if (wrong !== null) {
      const { message: problem, line, column } = wrong;
      return Promise.resolve({ output: null, problem, line, column });
    }
    const question = { path: TRY_MAPPING_PATH, asked: { ...input, tenantId }, reply: mappingTrialReplySchema };
    return Promise.resolve(
      new AfterCommit(async () => ({ ...(await askGateway(context.settings, question)), line: null, column: null })),
    );
  },
});
