import { idTimeMs } from '@parley/kernel/id';
import { z } from 'zod';
import { toPage } from '../page.ts';
import { cursorInput } from '../requests/request-filter.ts';
import { pageInput, pageOf, timeShape } from '../shapes.ts';
import { SqlValues } from '../usage/sql-values.ts';
import { defineVerb } from '../verb.ts';
import {
  SESSION_SUMS,
  type SessionQuery,
  SIDE_COLUMNS,
  type SumsRow,
  sessionCalls,
  sessionShape,
  sessionSide,
  sessionsOut,
} from './session-shape.ts';

const DAY_MS = 86_400_000;
const LONGEST_MS = 90 * DAY_MS;

interface LastCall {
  id: string;
  applicationId: string;
  sessionId: string;
}

/** Sessions by their latest calls. Without a range: of the last seven days. */
export const listSessions = defineVerb({
  name: 'sessions.list',
  summary: 'List sessions, the one with the latest call first.',
  kind: 'read',
  access: 'usage.read',
  rest: { method: 'GET', path: '/sessions' },
  input: pageInput.extend({
    side: sessionSide.default('published'),
    /** At most 90 days; sums are over the calls in the range. */
    from: timeShape.optional(),
    to: timeShape.optional(),
    applicationId: z.uuid().optional(),
    /** The beginning of the session's id. */
    search: z.string().trim().max(128).optional(),
    cursor: cursorInput.optional(),
  }),
  output: pageOf(sessionShape),
  run: async ({ tx, input, tenantId }) => {
    const nowMs = Date.now();
    const toMs = input.to === undefined ? nowMs + DAY_MS : Date.parse(input.to);
    const wantedMs = input.from === undefined ? Math.min(toMs, nowMs) - 7 * DAY_MS : Date.parse(input.from);
    const query = { side: input.side, tenantId, fromMs: Math.max(wantedMs, toMs - LONGEST_MS), toMs };
    if (query.fromMs >= query.toMs) return { items: [], nextCursor: null };
    const last = lastCallsSql(query, input);
    const found = await tx.$queryRawUnsafe<LastCall[]>(last.sql, ...last.values);
    const { rows, nextCursor } = toPage(found, input.limit, (row) => row.id);
    if (rows.length === 0) return { items: [], nextCursor: null };
    const sums = sumsSql(query, rows);
    return { items: await sessionsOut(tx, await tx.$queryRawUnsafe<SumsRow[]>(sums.sql, ...sums.values)), nextCursor };
  },
});

interface Part {
  readonly applicationId?: string | undefined;
  readonly search?: string | undefined;
  readonly cursor?: string | undefined;
  readonly limit: number;
}

/**
 * The last call of each session, newest first. Calls are read backwards, and one that has a later one in its session (a
 * look into an index) is passed over: the page costs what it shows, however many sessions there are.
 */
function lastCallsSql(query: SessionQuery, part: Part): { sql: string; values: unknown[] } {
  const values = new SqlValues();
  const column = SIDE_COLUMNS[query.side];
  const where = [sessionCalls(query, values)];
  if (part.applicationId) where.push(`application_id = ${values.add(part.applicationId, 'uuid')}`);
  if (part.search) where.push(`starts_with(session_id, ${values.add(part.search, 'text')})`);
  if (part.cursor) {
    const day = new Date(idTimeMs(part.cursor)).toISOString().slice(0, 10);
    where.push(`event_day <= ${values.add(day, 'date')} AND id < ${values.add(part.cursor, 'uuid')}`);
  }
  const later = sessionCalls(query, values);
  const sql = `SELECT id, application_id AS "applicationId", session_id AS "sessionId" FROM usage_events e
    WHERE ${where.join(' AND ')} AND NOT EXISTS (
      SELECT FROM (
        SELECT ${column}, application_id, session_id, event_day, id FROM usage_events WHERE ${later}
      ) n
      WHERE n.${column} = e.${column} AND n.session_id = e.session_id AND n.application_id = e.application_id
        AND n.event_day >= e.event_day AND n.id > e.id)
    ORDER BY event_day DESC, id DESC LIMIT ${values.add(part.limit + 1, 'int')}`;
  return { sql, values: values.list };
}

/** Sums of the sessions on the page, in its order. */
function sumsSql(query: SessionQuery, page: readonly LastCall[]): { sql: string; values: unknown[] } {
  const values = new SqlValues();
  const applications = values.add(
    page.map((row) => row.applicationId),
    'uuid[]',
  );
  const sessions = values.add(
    page.map((row) => row.sessionId),
    'text[]',
  );
  const calls = sessionCalls(query, values);
  const sql = `SELECT p.session_id AS "sessionId", p.application_id AS "applicationId", sums.*
    FROM unnest(${applications}, ${sessions}) WITH ORDINALITY AS p (application_id, session_id, at)
    CROSS JOIN LATERAL (
      SELECT ${SESSION_SUMS} FROM usage_events e
      WHERE ${calls} AND e.session_id = p.session_id AND e.application_id = p.application_id
      GROUP BY currency
    ) sums ORDER BY p.at, currency`;
  return { sql, values: values.list };
}
