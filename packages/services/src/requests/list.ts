import { toPage } from '../page.ts';
import { pageInput, pageOf } from '../shapes.ts';
import { defineVerb } from '../verb.ts';
import { cursorInput, partSql, requestFilterInput } from './request-filter.ts';
import { REQUEST_COLUMNS, type RequestRow, requestShape, requestsOut } from './request-shape.ts';

/** The request log, newest first. */
export const listRequests = defineVerb({
  name: 'requests.list',
  summary: 'List calls of the tenant’s APIs and by its applications, newest first.',
  kind: 'read',
  access: 'usage.read',
  rest: { method: 'GET', path: '/requests' },
  input: requestFilterInput.extend(pageInput.shape).extend({ cursor: cursorInput.optional() }),
  output: pageOf(requestShape),
  run: async ({ tx, input, tenantId }) => {
    const { sql, values } = partSql(
      { tenantId, filter: input, beforeId: input.cursor, limit: input.limit + 1, order: 'newest first' },
      REQUEST_COLUMNS,
    );
    const found = await tx.$queryRawUnsafe<RequestRow[]>(sql, ...values);
    const { rows, nextCursor } = toPage(found, input.limit, (row) => row.id);
    return { items: await requestsOut(tx, tenantId, rows), nextCursor };
  },
});
