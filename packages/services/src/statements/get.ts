import { z } from 'zod';
import { monthShape } from '../costs/month-range.ts';
import { defineVerb } from '../verb.ts';
import { readStatement } from './read.ts';
import { namesOfStatement, statementOut, statementShape } from './statement-shape.ts';

/** What the publisher earned in a month: from its balance at the begin to that at the end, by what was booked. */
export const getStatement = defineVerb({
  name: 'statements.get',
  summary:
    'Read the statement of a month: opening balance, what was booked by API and plan, shares, credit, closing balance.',
  kind: 'read',
  access: 'billing.read',
  rest: { method: 'GET', path: '/statements/{month}' },
  input: z.object({ month: monthShape }),
  output: statementShape,
  async run({ tx, input, tenantId }) {
    const document = await readStatement(tx, { tenantId, month: input.month, nowMs: Date.now() });
    return statementOut(document, await namesOfStatement(tx, tenantId, document));
  },
});
