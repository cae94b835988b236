import { isId } from '@parley/kernel/id';
import { z } from 'zod';
import { findApplication } from '../applications/application-shape.ts';
import { toPage } from '../page.ts';
import { pageInput, pageOf } from '../shapes.ts';
import { namesOf } from '../usage/names.ts';
import { SqlValues } from '../usage/sql-values.ts';
import { defineVerb } from '../verb.ts';
import { sumsOf } from './session-calls.ts';
import { listedSessionShape, publicIdOf, type SessionRow, timesOf } from './session-shape.ts';

const HEX = /^[0-9a-f-]{1,36}$/;

/** Conversations that the gateway keeps for the tenant's applications, the newest first; nothing of what was said. */
export const listContextSessions = defineVerb({
  name: 'contextSessions.list',
  summary: 'List the conversations the gateway keeps for the tenant’s applications, newest first.',
  kind: 'read',
  access: 'usage.read',
  rest: { method: 'GET', path: '/context-sessions' },
  input: pageInput.extend({
    application: z.string().max(63).describe('Short name or id of the application.').optional(),
    state: z.enum(['active', 'archived']).optional(),
    /** The beginning of the session's id, with or without `ses_`. */
    search: z.string().trim().max(64).optional(),
    /** Acted, or was acted for, in a call of the last 90 days. */
    party: z.string().trim().max(64).optional(),
  }),
  output: pageOf(listedSessionShape),
  run: async ({ tx, input, tenantId }) => {
    const application = input.application ? await findApplication(tx, tenantId, input.application) : null;
    const prefix = (input.search ?? '').toLowerCase().replace(/^ses_/, '');
    const cursor = input.cursor ?? null;
    if ((prefix !== '' && !HEX.test(prefix)) || (cursor !== null && !isId(cursor))) {
      return { items: [], nextCursor: null };
    }
    const values = new SqlValues();
    const where = [
      `s.tenant_id = ${values.add(tenantId, 'uuid')} AND s.state <> 'deleted' AND s.keep_until > now()`,
      ...(application ? [`s.application_id = ${values.add(application.id, 'uuid')}`] : []),
      ...(input.state ? [`s.state = ${values.add(input.state, 'text')}`] : []),
      ...(prefix ? [`starts_with(s.id::text, ${values.add(prefix, 'text')})`] : []),
      ...(cursor ? [`s.id < ${values.add(cursor, 'uuid')}`] : []),
    ];
    if (input.party) {
      const party = values.add(input.party, 'text');
      where.push(`EXISTS (SELECT FROM usage_events e WHERE e.consumer_tenant_id = s.tenant_id
        AND e.session_id = 'ses_' || s.id::text AND e.event_day > current_date - 90
        AND (e.party_acting = ${party} OR e.party_principal = ${party}))`);
    }
    const found = await tx.$queryRawUnsafe<(SessionRow & { turns: number })[]>(
      `SELECT s.id, s.application_id AS "applicationId", s.owner, s.state, s.created_at AS "createdAt",
         s.updated_at AS "updatedAt", s.keep_until AS "keepUntil",
         (SELECT count(*)::int FROM session_turns t
          WHERE t.tenant_id = s.tenant_id AND t.session_id = s.id AND t.state <> 'void') AS turns
       FROM context_sessions s WHERE ${where.join(' AND ')}
       ORDER BY s.id DESC LIMIT ${values.add(input.limit + 1, 'int')}`,
      ...values.list,
    );
    const { rows, nextCursor } = toPage(found, input.limit, (row) => row.id);
    const names = await namesOf(
      tx,
      'application',
      rows.map((row) => row.applicationId),
    );
    const sums = await sumsOf(
      tx,
      tenantId,
      rows.map((row) => row.id),
    );
    const items = rows.map((row) => ({
      id: publicIdOf(row.id),
      application: names.get(row.applicationId) ?? { id: row.applicationId, name: null, slug: null },
      state: row.state === 'archived' ? ('archived' as const) : ('active' as const),
      personal: row.owner !== '',
      turns: row.turns,
      ...timesOf(row),
      ...(sums.get(row.id) ?? { calls: 0, costs: [], models: [], parties: [] }),
    }));
    return { items, nextCursor };
  },
});
