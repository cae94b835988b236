import { isId } from '@parley/kernel/id';
import { z } from 'zod';
import { findApplication } from '../applications/application-shape.ts';
import { toPage } from '../page.ts';
import { pageInput, pageOf, timeShape } from '../shapes.ts';
import { namedShape, namesOf } from '../usage/names.ts';
import { SqlValues } from '../usage/sql-values.ts';
import { defineVerb } from '../verb.ts';

const count = z.number().int();

/** A token as the records of its calls have it: tokens themselves are kept nowhere. */
const seenTokenShape = z.object({
  tokenId: z.uuid(),
  application: namedShape,
  acting: z.string(),
  principal: z.string(),
  firstAt: timeShape,
  lastAt: timeShape,
  calls: count,
  /** Answered with 4xx or 5xx. */
  failed: count,
  costs: z.array(z.object({ currency: z.string(), nano: z.string() })),
  /** At most three of the sessions it went on with. */
  sessions: z.array(z.string()),
  /** Revoked in the portal or by the management API; what applications revoke themselves is not recorded. */
  revokedAt: timeShape.nullable(),
});

interface Row {
  tokenId: string;
  applicationId: string;
  acting: string;
  principal: string;
  first: number;
  last: number;
  calls: number;
  failed: number;
  costs: { currency: string; nano: string }[] | null;
  sessions: string[] | null;
}

/** Party tokens with which calls were made in the last 30 days, by their ids: the newest first. */
export const listPartyTokens = defineVerb({
  name: 'partyTokens.list',
  summary: 'List the party tokens that made calls in the last 30 days, newest first.',
  kind: 'read',
  access: 'usage.read',
  rest: { method: 'GET', path: '/party-tokens' },
  input: pageInput.extend({
    application: z.string().max(63).describe('Short name or id of the application.').optional(),
    party: z.string().trim().max(64).describe('Acted, or was acted for.').optional(),
  }),
  output: pageOf(seenTokenShape),
  run: async ({ tx, input, tenantId }) => {
    const cursor = input.cursor ?? null;
    if (cursor !== null && !isId(cursor)) return { items: [], nextCursor: null };
    const application = input.application ? await findApplication(tx, tenantId, input.application) : null;
    const values = new SqlValues();
    const where = [
      `consumer_tenant_id = ${values.add(tenantId, 'uuid')} AND party_token_id IS NOT NULL`,
      'event_day > current_date - 30',
      ...(application ? [`application_id = ${values.add(application.id, 'uuid')}`] : []),
      ...(cursor ? [`party_token_id < ${values.add(cursor, 'uuid')}`] : []),
    ];
    if (input.party) {
      const party = values.add(input.party, 'text');
      where.push(`(party_acting = ${party} OR party_principal = ${party})`);
    }
    const found = await tx.$queryRawUnsafe<Row[]>(
      `SELECT party_token_id AS "tokenId", min(application_id::text) AS "applicationId", min(party_acting) AS acting,
         min(party_principal) AS principal, sum(calls)::float8 AS calls, sum(failed)::float8 AS failed,
         (extract(epoch FROM min(first)) * 1000)::float8 AS first, (extract(epoch FROM max(last)) * 1000)::float8 AS last,
         jsonb_agg(jsonb_build_object('currency', currency, 'nano', cost)) FILTER (WHERE cost <> '0') AS costs,
         (array_agg(session) FILTER (WHERE session IS NOT NULL))[1:3] AS sessions
       FROM (
         SELECT party_token_id, application_id, party_acting, party_principal, currency, count(*) AS calls,
           count(*) FILTER (WHERE status >= 400) AS failed, min(occurred_at) AS first, max(occurred_at) AS last,
           sum(cost_nano)::text AS cost, min(session_id) AS session
         FROM usage_events WHERE ${where.join(' AND ')}
         GROUP BY party_token_id, application_id, party_acting, party_principal, currency
       ) parts GROUP BY party_token_id ORDER BY party_token_id DESC LIMIT ${values.add(input.limit + 1, 'int')}`,
      ...values.list,
    );
    const { rows, nextCursor } = toPage(found, input.limit, (row) => row.tokenId);
    const ids = rows.map((row) => row.tokenId);
    const names = await namesOf(
      tx,
      'application',
      rows.map((row) => row.applicationId),
    );
    const revoked = await tx.auditEntry.findMany({
      where: { tenantId, action: 'partyTokens.revoke', subjectId: { in: ids } },
      select: { subjectId: true, at: true },
    });
    const revokedAt = new Map(revoked.map(({ subjectId, at }) => [subjectId, at.toISOString()]));
    const items = rows.map(({ first, last, applicationId, costs, sessions, ...row }) => ({
      ...row,
      application: names.get(applicationId) ?? { id: applicationId, name: null, slug: null },
      firstAt: new Date(first).toISOString(),
      lastAt: new Date(last).toISOString(),
      costs: costs ?? [],
      sessions: [...new Set(sessions ?? [])],
      revokedAt: revokedAt.get(row.tokenId) ?? null,
    }));
    return { items, nextCursor };
  },
});
