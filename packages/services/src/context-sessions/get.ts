import { openSettings } from '@parley/context/session';
import { z } from 'zod';
import { tenantDataKey } from '../sealing/tenant-data-key.ts';
import { timeShape } from '../shapes.ts';
import { namesOf } from '../usage/names.ts';
import { defineVerb } from '../verb.ts';
import { callsOf, sumsOf } from './session-calls.ts';
import {
  findSession,
  listedSessionShape,
  partySeenShape,
  publicIdOf,
  sessionRef,
  strategyNames,
  strategyOf,
  strategyShape,
  timesOf,
} from './session-shape.ts';

/** A turn without its words: when, how it ended, and what the record of its call says. */
const turnFactsShape = z.object({
  id: z.uuid(),
  sequence: z.number().int(),
  /** As the durable store knows it: one that is `open` may have been broken off since (CP-3.2). */
  state: z.enum(['open', 'complete', 'cut']),
  at: timeShape,
  /** Bytes as kept and sealed. */
  bytes: z.number().int(),
  /** `null`: appended without asking a model, or its record has not come yet. */
  call: z
    .object({
      status: z.number().int(),
      model: z.string().nullable(),
      api: z.string().nullable(),
      publisher: z.string().nullable(),
      path: z.string(),
      inputTokens: z.number().int(),
      cachedInputTokens: z.number().int(),
      outputTokens: z.number().int(),
      costNano: z.string(),
      currency: z.string(),
      party: partySeenShape.extend({ tokenId: z.string().nullable() }).nullable(),
      endUser: z.string().nullable(),
    })
    .nullable(),
});

interface TurnRow {
  id: string;
  sequence: number;
  state: 'open' | 'complete' | 'cut';
  at: Date;
  bytes: number;
}

/** One session without what was said: its facts, its turns with the records of their calls, how it is sent. */
export const getContextSession = defineVerb({
  name: 'contextSessions.get',
  summary: 'Read the facts of one conversation: its turns, who acted, what each cost; nothing of what was said.',
  kind: 'read',
  access: 'usage.read',
  rest: { method: 'GET', path: '/context-sessions/{session}' },
  input: z.object({ session: sessionRef }),
  output: listedSessionShape.extend({
    strategy: strategyShape,
    /** All there are to choose from. */
    strategies: z.array(z.string()),
    timeline: z.array(turnFactsShape),
  }),
  run: async ({ tx, input: { session: id }, tenantId, context }) => {
    const row = await findSession(tx, tenantId, id);
    const turns = await tx.$queryRaw<TurnRow[]>`
      SELECT id, sequence::float8 AS sequence, state, at, length(sealed) AS bytes FROM session_turns
      WHERE tenant_id = ${tenantId}::uuid AND session_id = ${id}::uuid AND state <> 'void' ORDER BY session_turns.sequence, id`;
    const calls = await callsOf(
      tx,
      tenantId,
      turns.map((turn) => turn.id),
    );
    const names = await namesOf(tx, 'application', [row.applicationId]);
    const sums = (await sumsOf(tx, tenantId, [id])).get(id) ?? { calls: 0, costs: [], models: [], parties: [] };
    const key = await tenantDataKey(tx, context.settings.masterKey, tenantId);
    return {
      id: publicIdOf(id),
      application: names.get(row.applicationId) ?? { id: row.applicationId, name: null, slug: null },
      state: row.state === 'archived' ? ('archived' as const) : ('active' as const),
      personal: row.owner !== '',
      turns: turns.length,
      ...timesOf(row),
      ...sums,
      strategy: strategyOf(openSettings(key, id, Buffer.from(row.sealed))),
      strategies: strategyNames(),
      timeline: turns.map(({ id: turnId, sequence, state, at, bytes }) => {
        const call = calls.get(turnId);
        return {
          id: turnId,
          sequence,
          state,
          at: at.toISOString(),
          bytes,
          call: call
            ? {
                status: call.status,
                model: call.model,
                api: call.api,
                publisher: call.publisher,
                path: call.path,
                inputTokens: call.inputTokens,
                cachedInputTokens: call.cachedInputTokens,
                outputTokens: call.outputTokens,
                costNano: call.cost,
                currency: call.currency,
                party:
                  call.acting === null
                    ? null
                    : { acting: call.acting, principal: call.principal ?? call.acting, tokenId: call.tokenId },
                endUser: call.endUser,
              }
            : null,
        };
      }),
    };
  },
});
