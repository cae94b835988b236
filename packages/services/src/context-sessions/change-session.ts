import { z } from 'zod';
import type { Context } from '../context.ts';
import { makeOwnCall } from '../own-calls/own-call.ts';
import { AfterCommit } from '../verb.ts';
import { publicIdOf, strategyOf, strategyShape } from './session-shape.ts';

/** A session as it is after a change. */
export const changedShape = z.object({ state: z.enum(['active', 'archived']), strategy: strategyShape });

const answerSchema = z.object({
  state: z.enum(['active', 'archived']),
  strategy: z.string(),
  summary_model: z.string().nullable().default(null),
  token_budget: z.number().nullable(),
  output_reserve: z.number().nullable(),
  retention_days: z.number(),
  pinned: z.array(z.string()),
});

interface Change {
  readonly context: Context;
  readonly applicationId: string;
  readonly id: string;
  readonly json: object;
}

/**
 * Changes a session at a gateway, which holds what the next call is sent (CP-5.4); the durable store has it some seconds
 * later. What is answered is how it is from now on.
 */
export function changeAtGateway({ context, applicationId, id, json }: Change) {
  const path = `/v1/sessions/${publicIdOf(id)}`;
  return new AfterCommit(async (): Promise<z.input<typeof changedShape>> => {
    const question = { applicationId, keyId: null, method: 'PATCH', path, json } as const;
    const said = answerSchema.parse(await makeOwnCall(context.settings, question));
    return { state: said.state, strategy: strategyOf(said) };
  });
}
