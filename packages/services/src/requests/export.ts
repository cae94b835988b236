import { z } from 'zod';
import { defineVerb } from '../verb.ts';
import { toCsv } from './csv-shape.ts';
import { cursorInput, partSql, requestFilterInput } from './request-filter.ts';
import { REQUEST_COLUMNS, type RequestRow, requestsOut } from './request-shape.ts';

/** Calls of one file. */
const AT_MOST = 10_000;

/** The request log as CSV, newest first. */
export const exportRequests = defineVerb({
  name: 'requests.export',
  summary: `Export calls as CSV, newest first, ${AT_MOST.toLocaleString('en')} at a time.`,
  kind: 'read',
  access: 'usage.read',
  rest: { method: 'GET', path: '/requests/export' },
  input: requestFilterInput.extend({ cursor: cursorInput.optional() }),
  output: z.object({
    fileName: z.string(),
    csv: z.string(),
    count: z.number().int(),
    /** There are more: ask again with this cursor. */
    nextCursor: z.string().nullable(),
  }),
  run: async ({ tx, input, tenantId }) => {
    const { sql, values } = partSql(
      { tenantId, filter: input, beforeId: input.cursor, limit: AT_MOST + 1, order: 'newest first' },
      REQUEST_COLUMNS,
    );
    const rows = await tx.$queryRawUnsafe<RequestRow[]>(sql, ...values);
    const part = rows.slice(0, AT_MOST);
    const day = new Date().toISOString().slice(0, 10);
    return {
      fileName: `requests-${day}.csv`,
      csv: toCsv(await requestsOut(tx, tenantId, part)),
      count: part.length,
      nextCursor: rows.length > AT_MOST ? (part.at(-1)?.id ?? null) : null,
    };
  },
});
