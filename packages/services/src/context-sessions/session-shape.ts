import { type SessionSettings, sessionUuid, settingsSchema } from '@parley/context/session';
import type { Transaction } from '@parley/db/client';
import { Fault } from '@parley/kernel/fault';
import { isId } from '@parley/kernel/id';
import { z } from 'zod';
import { iso, timeShape } from '../shapes.ts';
import { namedShape } from '../usage/names.ts';

const count = z.number().int();
const amounts = z.array(z.object({ currency: z.string(), nano: z.string() }));

/** How inputs name a session of the context protocol: `ses_…`, or its UUID. */
export const sessionRef = z
  .string()
  .max(64)
  .refine((text) => isId(uuidOf(text)), 'A session is named ses_ and a UUID.')
  .transform(uuidOf)
  .describe('Id of the session: ses_…');

function uuidOf(text: string): string {
  return sessionUuid(text) ?? text;
}

export const publicIdOf = (uuid: string): string => `ses_${uuid}`;

/** A party as the records of calls name it (PT-6.4). */
export const partySeenShape = z.object({
  acting: z.string(),
  /** For whom, where that is somebody else. */
  principal: z.string(),
});

/** What lies in clear of a session (CP-10.1), and what the records of its calls say of the last 90 days. */
export const listedSessionShape = z.object({
  id: z.string(),
  application: namedShape,
  state: z.enum(['active', 'archived']),
  /** Of one person within the application; else the whole application’s (CP-2.3). */
  personal: z.boolean(),
  turns: count,
  createdAt: timeShape,
  updatedAt: timeShape,
  /** It is deleted by itself then, unless it is used before. */
  keepUntil: timeShape,
  calls: count,
  costs: amounts,
  /** At most five. */
  models: z.array(z.string()),
  /** Acting parties, at most eight. */
  parties: z.array(z.string()),
});

export interface SessionRow {
  id: string;
  applicationId: string;
  owner: string;
  state: string;
  createdAt: Date;
  updatedAt: Date;
  keepUntil: Date;
}

/** The session of this id in the open tenant; throws `not_found`. Deleted ones, and those whose time is over, are gone. */
export async function findSession(tx: Transaction, tenantId: string, id: string) {
  const found = await tx.contextSession.findFirst({
    where: { tenantId, id, state: { not: 'deleted' }, keepUntil: { gt: new Date() } },
  });
  if (!found) {
    throw new Fault('not_found', 'There is no such session. One appears here some seconds after it was opened.');
  }
  return found;
}

/** Settings that tell nothing of what is said: how much of a session is sent, and how long it is kept. */
export const strategyShape = z.object({
  strategy: z.string(),
  /** By what name a model makes summaries, where that is done. */
  summaryModel: z.string().nullable(),
  tokenBudget: count.nullable(),
  outputReserve: count.nullable(),
  retentionDays: count,
  /** Ids of turns that are always sent. */
  pinned: z.array(z.string()),
});

type Sizes = Pick<SessionSettings, 'summary_model' | 'token_budget' | 'output_reserve' | 'retention_days' | 'pinned'>;

export function strategyOf(settings: Sizes & { readonly strategy: string }): z.input<typeof strategyShape> {
  const { strategy, summary_model, token_budget, output_reserve, retention_days, pinned } = settings;
  return {
    strategy,
    summaryModel: summary_model,
    tokenBudget: token_budget,
    outputReserve: output_reserve,
    retentionDays: retention_days,
    pinned,
  };
}

/** Names of all strategies there are, the default first. */
export function strategyNames(): string[] {
  const usual = settingsSchema.parse({}).strategy;
  return [usual, ...settingsSchema.shape.strategy.unwrap().options.filter((one) => one !== usual)];
}

/** What may be changed of it; left out: as it is. `null` brings a default back (CP-5.4). */
export const strategyChange = z.object({
  strategy: z.string().max(40).describe('How is chosen what of the session a call is sent.').optional(),
  summaryModel: z
    .string()
    .max(200)
    .nullable()
    .describe('By what name a model makes summaries; `summarise` needs one.')
    .optional(),
  tokenBudget: z.number().int().nullable().describe('Tokens of a call’s whole input at most.').optional(),
  outputReserve: z.number().int().nullable().describe('Tokens left free for the answer.').optional(),
  retentionDays: z.number().int().nullable().describe('Days it is kept after its last change.').optional(),
  pinned: z.array(z.string().max(64)).max(50).describe('Ids of turns that are always sent.').optional(),
});

/** As the gateway takes them; only what was given. */
export function settingsChange(change: z.output<typeof strategyChange>): Record<string, unknown> {
  const { strategy, summaryModel, tokenBudget, outputReserve, retentionDays, pinned } = change;
  const named = {
    strategy,
    summary_model: summaryModel,
    token_budget: tokenBudget,
    output_reserve: outputReserve,
    retention_days: retentionDays,
    pinned,
  };
  return Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined));
}

export function timesOf({ createdAt, updatedAt, keepUntil }: SessionRow) {
  return { createdAt: iso(createdAt), updatedAt: iso(updatedAt), keepUntil: iso(keepUntil) };
}
