import { Fault } from '@parley/kernel/fault';
import { idTimeMs } from '@parley/kernel/id';
import { z } from 'zod';
import { toPage } from '../page.ts';
import { cursorInput } from '../requests/request-filter.ts';
import { REQUEST_COLUMNS, type RequestRow, requestShape, requestsOut } from '../requests/request-shape.ts';
import { pageInput, pageOf } from '../shapes.ts';
import { SqlValues } from '../usage/sql-values.ts';
import { defineVerb } from '../verb.ts';
import {
  SESSION_SUMS,
  type SumsRow,
  sessionCalls,
  sessionIdInput,
  sessionShape,
  sessionSide,
  sessionsOut,
} from './session-shape.ts';

const DAY_MS = 86_400_000;
const BACK_MS = 90 * DAY_MS;

/** One session of the last 90 days: its sums, and its calls in the order in which they were made. */
export const getSession = defineVerb({
  name: 'sessions.get',
  summary: 'Read one session: its sums, and its calls, oldest first.',
  kind: 'read',
  access: 'usage.read',
  rest: { method: 'GET', path: '/sessions/{sessionId}' },
  input: pageInput.extend({
    sessionId: sessionIdInput,
    /** Session ids are an application's own. */
    applicationId: z.uuid(),
    side: sessionSide.default('published'),
    cursor: cursorInput.optional(),
  }),
  output: sessionShape.extend({ page: pageOf(requestShape) }),
  run: async ({ tx, input, tenantId }) => {
    const nowMs = Date.now();
    const query = { side: input.side, tenantId, fromMs: nowMs - BACK_MS, toMs: nowMs + DAY_MS };
    const values = new SqlValues();
    const calls = `${sessionCalls(query, values)} AND session_id = ${values.add(input.sessionId, 'text')}
      AND application_id = ${values.add(input.applicationId, 'uuid')}`;
    const sums = await tx.$queryRawUnsafe<SumsRow[]>(
      `SELECT session_id AS "sessionId", application_id AS "applicationId", ${SESSION_SUMS} FROM usage_events e
       WHERE ${calls} GROUP BY session_id, application_id, currency ORDER BY currency`,
      ...values.list,
    );
    const [session] = await sessionsOut(tx, sums);
    if (!session) {
      throw new Fault(
        'not_found',
        'There is no such session in the last 90 days. Calls appear a few seconds after they are answered.',
      );
    }
    const after = input.cursor
      ? ` AND event_day >= ${values.add(new Date(idTimeMs(input.cursor)).toISOString().slice(0, 10), 'date')}
          AND id > ${values.add(input.cursor, 'uuid')}`
      : '';
    const found = await tx.$queryRawUnsafe<RequestRow[]>(
      `SELECT ${REQUEST_COLUMNS} FROM usage_events e WHERE ${calls}${after}
       ORDER BY event_day, id LIMIT ${values.add(input.limit + 1, 'int')}`,
      ...values.list,
    );
    const { rows, nextCursor } = toPage(found, input.limit, (row) => row.id);
    return { ...session, page: { items: await requestsOut(tx, tenantId, rows), nextCursor } };
  },
});
