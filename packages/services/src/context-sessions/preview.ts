import { z } from 'zod';
import { answeredOwnCall, askOwnCall } from '../own-calls/own-call.ts';
import { AfterCommit, defineVerb } from '../verb.ts';
import { findSession, publicIdOf, sessionRef, settingsChange, strategyChange } from './session-shape.ts';

const count = z.number().int();

/** What the gateway answers of a preview, as far as people who may not read the conversation may see it. */
const toldSchema = z.object({
  window: count,
  budget: count,
  tokens: count,
  input_cost: z.object({ nano: z.string(), currency: z.string() }).nullable().default(null),
  fell_back: z.string().nullable().default(null),
  manifest: z.array(
    z.object({
      turn: z.string(),
      sequence: count,
      message: count,
      sent: z.boolean(),
      why: z.string(),
      tokens: count,
    }),
  ),
});

const previewShape = z.object({
  /** Tokens the model takes in and gives out, and the most of them that a call’s input may be. */
  window: count.nullable(),
  budget: count.nullable(),
  /** Of everything that would be sent; `null` where such a call would be refused. */
  tokens: count.nullable(),
  /** By the model’s price of now, nothing of it cached; `null` where no price is known. */
  cost: z.object({ nano: z.string(), currency: z.string() }).nullable(),
  entries: toldSchema.shape.manifest,
  /** As what the strategy had to do, where it could not do as it should (CP-6.12). */
  fellBack: z.string().nullable(),
  /** Why such a call would be refused; `null` where it would be made. */
  overflow: z.string().nullable(),
});

/** What of a session a call would be sent, and why: numbers only, nothing of what was said. */
export const previewContextSession = defineVerb({
  name: 'contextSessions.preview',
  summary: 'Say which turns of a conversation a call would be sent and why, by its own strategy or another.',
  kind: 'read',
  access: 'applications.read',
  rest: { method: 'GET', path: '/context-sessions/{session}/preview' },
  input: strategyChange.omit({ summaryModel: true, pinned: true, retentionDays: true }).extend({
    session: sessionRef,
    tokenBudget: z.coerce.number().int().min(1).optional().describe('In place of the session’s own.'),
    outputReserve: z.coerce.number().int().min(1).optional().describe('In place of the session’s own.'),
    turn: z.uuid().optional().describe('The call that made this turn, as it would be sent now; else the next call.'),
    model: z.string().max(200).optional().describe('A model that is open to the application.'),
    window: z.coerce.number().int().min(1).max(100_000_000).optional().describe('Stands for a model not named.'),
  }),
  output: previewShape,
  run: async ({ tx, input, context, tenantId }) => {
    const { session: id, turn, model, window, ...change } = input;
    const { applicationId } = await findSession(tx, tenantId, id);
    const settings = settingsChange(change);
    const json = { turn, model, window: model === undefined ? window : undefined, settings };
    const path = `/v1/sessions/${publicIdOf(id)}/preview`;
    return new AfterCommit(async () => {
      const reply = await askOwnCall(context.settings, { applicationId, keyId: null, method: 'POST', path, json });
      const refused = reply.refused?.code === 'context_overflow' ? reply.refused.message : null;
      if (refused !== null) {
        const nothing = { budget: null, tokens: null, cost: null, entries: [], fellBack: null };
        return { ...nothing, window: window ?? null, overflow: refused };
      }
      const told = toldSchema.parse(answeredOwnCall(reply));
      const { window: whole, budget, tokens, input_cost: cost, fell_back: fellBack, manifest } = told;
      return { window: whole, budget, tokens, cost, entries: manifest, fellBack, overflow: null };
    });
  },
});
