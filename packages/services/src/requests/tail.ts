import { z } from 'zod';
import { defineVerb } from '../verb.ts';
import { cursorInput, partSql, requestFilterInput } from './request-filter.ts';
import { REQUEST_COLUMNS, type RequestRow, requestShape, requestsOut } from './request-shape.ts';

/** Calls reach the log in batches, not in the order of their ids: a tail looks back this far each time. */
const LOOK_BACK_MS = 10_000;

/** What has come since: ask again with `cursor` for a live view. */
export const tailRequests = defineVerb({
  name: 'requests.tail',
  summary: 'The newest calls after a place in the log, oldest first, for a live view.',
  kind: 'read',
  access: 'usage.read',
  rest: { method: 'GET', path: '/requests/tail' },
  input: requestFilterInput.extend({
    /** `cursor` of the answer before; absent to start with what comes from now on. */
    cursor: cursorInput.optional(),
    limit: z.coerce.number().int().min(1).max(500).default(200),
  }),
  output: z.object({
    /** May repeat calls of the last seconds: tell them by id. */
    items: z.array(requestShape),
    cursor: z.uuid(),
    /** More have come than fit: some before the first are left out. */
    truncated: z.boolean(),
  }),
  run: async ({ tx, input, tenantId }) => {
    const nowMs = Date.now();
    const afterId = lookBack(input.cursor, nowMs);
    const filter = { ...input, from: undefined, to: undefined };
    const { sql, values } = partSql(
      { tenantId, filter, afterId, limit: input.limit + 1, order: 'newest first' },
      REQUEST_COLUMNS,
      nowMs,
    );
    const rows = await tx.$queryRawUnsafe<RequestRow[]>(sql, ...values);
    const newest = rows[0]?.id ?? afterId;
    return {
      items: await requestsOut(tx, tenantId, rows.slice(0, input.limit).reverse()),
      cursor: input.cursor !== undefined && input.cursor > newest ? input.cursor : newest,
      truncated: rows.length > input.limit,
    };
  },
});

function lookBack(cursor: string | undefined, nowMs: number): string {
  const ms =
    cursor === undefined ? nowMs : Number.parseInt(cursor.slice(0, 8) + cursor.slice(9, 13), 16) - LOOK_BACK_MS;
  const hex = Math.max(ms, 0).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}
