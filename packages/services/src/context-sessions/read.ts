import { openSettings, openTurn } from '@parley/context/session';
import { z } from 'zod';
import { tenantDataKey } from '../sealing/tenant-data-key.ts';
import { defineVerb } from '../verb.ts';
import { readPart, readPartShape } from './part-shape.ts';
import { findSession, publicIdOf, sessionRef } from './session-shape.ts';

/** Turns that are opened in one reading. */
const MOST = 100;

/** What was said in a session. A write, for each reading is noted in the audit log. */
export const readContextSession = defineVerb({
  name: 'contextSessions.read',
  summary: 'Read what was said in a conversation, at most 100 turns at a time; noted in the audit log.',
  kind: 'write',
  access: 'bodies.read',
  rest: { method: 'POST', path: '/context-sessions/{session}/read' },
  input: z.object({
    session: sessionRef,
    /** Sequence of the turn before the first one that is wanted. */
    after: z.number().int().min(0).default(0).describe('Sequence after which to begin; 0 for the first turns.'),
  }),
  output: z.object({
    title: z.string(),
    system: z.string(),
    persona: z.string(),
    metadata: z.record(z.string(), z.string()),
    turns: z.array(
      z.object({
        id: z.uuid(),
        dialect: z.string(),
        /** The party it is of, as its token said; `null` where the application called with its key. */
        author: z
          .object({
            party: z.string(),
            kind: z.string(),
            role: z.string().nullable(),
            onBehalfOf: z.string().nullable(),
          })
          .nullable(),
        messages: z.array(
          z.object({
            role: z.string(),
            name: z.string().nullable(),
            tokens: z.number().int(),
            parts: z.array(readPartShape),
          }),
        ),
      }),
    ),
    /** Where to go on; `null` at the end. */
    nextAfter: z.number().int().nullable(),
  }),
  run: async ({ tx, input: { session: id, after }, tenantId, context, audit }) => {
    const row = await findSession(tx, tenantId, id);
    const key = await tenantDataKey(tx, context.settings.masterKey, tenantId);
    const found = await tx.sessionTurn.findMany({
      where: { tenantId, sessionId: id, state: { not: 'void' }, sequence: { gt: after } },
      orderBy: [{ sequence: 'asc' }, { id: 'asc' }],
      take: MOST + 1,
    });
    const page = found.slice(0, MOST);
    const { title, system, persona, metadata } = openSettings(key, id, Buffer.from(row.sealed));
    const label = publicIdOf(id);
    await audit({ subject: { kind: 'contextSession', id, label }, detail: { after, turns: page.length } });
    return {
      title,
      system,
      persona,
      metadata,
      turns: page.map((turn) => {
        const { author, dialect, messages, tokens } = openTurn(key, id, turn.id, Buffer.from(turn.sealed));
        return {
          id: turn.id,
          dialect,
          author: author
            ? {
                party: author.party,
                kind: author.kind,
                role: author.role ?? null,
                onBehalfOf: author.on_behalf_of ?? null,
              }
            : null,
          messages: messages.map(({ role, name, parts }, at) => ({
            role,
            name: name ?? null,
            tokens: tokens[at] ?? 0,
            parts: parts.map(readPart),
          })),
        };
      }),
      nextAfter: found.length > MOST ? Number(page.at(-1)?.sequence ?? 0) : null,
    };
  },
});
