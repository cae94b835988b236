import { isDeepStrictEqual } from 'node:util';
import { type DataKey, openBuffer, sealBuffer } from '@parley/kernel/seal';
import type { Turn as Message, Protocol } from '@parley/llm/neutral/call';
import { z } from 'zod';
import { STRATEGY_NAMES } from './strategies/table.ts';

/** CP-2.6. */
export const MAX_TURNS = 2000;
export const MAX_SESSION_BYTES = 8 * 1024 * 1024;
export const MAX_TURN_BYTES = 1024 * 1024;
/** CP-3.2: an open turn whose gateway was not heard of for this long counts as cut. */
export const OPEN_LEASE_MS = 30_000;
const MAX_INSTRUCTIONS = 100_000;
const DAY_MS = 86_400_000;

const instructions = z.string().max(MAX_INSTRUCTIONS);
const TURN_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** The id of a turn: a UUIDv7. */
export const turnIdSchema = z.string().regex(TURN_ID, 'must be a UUIDv7 in lower case');

/** CP-2.4, as clients give and get them. */
export const settingsSchema = z.strictObject({
  title: z.string().max(200).default(''),
  system: instructions.default(''),
  persona: instructions.default(''),
  pinned: z.array(turnIdSchema).max(50).default([]),
  strategy: z.enum(STRATEGY_NAMES).default('sliding'),
  /** By what name a model makes summaries, for `summarise`; and how long they may be, in tokens. */
  summary_model: z.string().min(1).max(200).nullable().default(null),
  summary_tokens: z.int().min(50).max(8000).default(1000),
  token_budget: z.int().min(1).max(10_000_000).nullable().default(null),
  output_reserve: z.int().min(1).max(1_000_000).nullable().default(null),
  retention_days: z.int().min(1).max(365).default(30),
  metadata: z
    .record(z.string().min(1).max(64), z.string().max(512))
    .refine((given) => Object.keys(given).length <= 16, 'has at most 16 names')
    .default({}),
});

/** As a party may set them together. */
export const wantedSettingsSchema = settingsSchema.refine(
  ({ strategy, summary_model }) => strategy !== 'summarise' || summary_model !== null,
  { path: ['summary_model'], error: 'names the model that makes the summaries of `summarise`' },
);
export type SessionSettings = z.infer<typeof settingsSchema>;

/** How long a session with these settings is kept after its last change. */
export function keepMs({ retention_days }: Pick<SessionSettings, 'retention_days'>): number {
  return retention_days * DAY_MS;
}

export type TurnState = 'open' | 'complete' | 'cut';

/** The party that a turn is of, where a party token was called with (docs/party-tokens.md, PT-6.9). */
export interface TurnAuthor {
  /** Its id within the token. */
  readonly party: string;
  readonly kind: string;
  readonly role?: string | undefined;
  /** Id of the party for whom it acted, where that is another. */
  readonly on_behalf_of?: string | undefined;
}

/** What is sealed of a turn. */
export interface TurnContent {
  /** Absent where an application called with its own key. */
  readonly author?: TurnAuthor | undefined;
  /** The slug of the model that answered; `null` for an append. */
  readonly model: string | null;
  readonly dialect: Protocol;
  readonly messages: readonly Message[];
  /** Of each message, by the count of CP-6.3. */
  readonly tokens: readonly number[];
}

/** A turn as it is read. */
export interface SessionTurn extends TurnContent {
  readonly id: string;
  readonly sequence: number;
  readonly state: TurnState;
  readonly atMs: number;
}

const UUID = /^ses_([0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12})$/;

/** The UUID of a session's public id; `null` for what is none. */
export function sessionUuid(publicId: string): string | null {
  return UUID.exec(publicId)?.[1] ?? null;
}

/** CP-10.1: opens at its own place only. */
const settingsPurpose = (sessionId: string): string => `context_session:${sessionId}`;
const turnPurpose = (sessionId: string, turnId: string): string => `context_turn:${sessionId}:${turnId}`;

const DEFAULTS: Readonly<Record<string, unknown>> = settingsSchema.parse({});

/** Only what is not usual is written: a gateway of the release before reads what does not use anything new. */
export function sealSettings(key: DataKey, sessionId: string, settings: SessionSettings): Buffer {
  const told = Object.entries(settings).filter(([name, value]) => !isDeepStrictEqual(value, DEFAULTS[name]));
  return sealBuffer(key, Buffer.from(JSON.stringify(Object.fromEntries(told))), settingsPurpose(sessionId));
}

/** Throws for what was not sealed as this session's. */
export function openSettings(key: DataKey, sessionId: string, sealed: Buffer): SessionSettings {
  return settingsSchema.parse(JSON.parse(openBuffer(key, sealed, settingsPurpose(sessionId)).toString('utf8')));
}

export function sealTurn(key: DataKey, sessionId: string, turnId: string, content: TurnContent): Buffer {
  return sealBuffer(key, Buffer.from(JSON.stringify(content)), turnPurpose(sessionId, turnId));
}

/** Throws for what was not sealed as this turn. */
export function openTurn(key: DataKey, sessionId: string, turnId: string, sealed: Buffer): TurnContent {
  return JSON.parse(openBuffer(key, sealed, turnPurpose(sessionId, turnId)).toString('utf8')) as TurnContent;
}
