import { formatAmount } from '@parley/kernel/money';
import { z } from 'zod';
import { defineVerb } from '../verb.ts';

/** Months in which something was earned or given, newest first. */
export const listStatements = defineVerb({
  name: 'statements.list',
  summary: 'List the months with a statement, newest first, with opening and closing balance.',
  kind: 'read',
  access: 'billing.read',
  rest: { method: 'GET', path: '/statements' },
  input: z.object({}),
  output: z.object({
    currency: z.string(),
    items: z.array(z.object({ month: z.string(), opening: z.string(), booked: z.string(), closing: z.string() })),
  }),
  async run({ tx, tenantId }) {
    const { timezone, currency } = await tx.tenant.findUniqueOrThrow({
      where: { id: tenantId },
      select: { timezone: true, currency: true },
    });
    const rows = await tx.$queryRaw<{ month: string; nano: string }[]>`
      SELECT to_char(t.booked_at AT TIME ZONE ${timezone}, 'YYYY-MM') AS month, sum(-e.amount_nano)::text AS nano
      FROM ledger_entries e JOIN ledger_transactions t ON t.tenant_id = e.tenant_id AND t.id = e.transaction_id
      WHERE e.tenant_id = ${tenantId}::uuid AND e.account IN ('publisher_share', 'promotion', 'breakage', 'write_off')
      GROUP BY 1 ORDER BY 1`;
    let closing = 0n;
    const items = rows.map(({ month, nano }) => {
      const opening = closing;
      closing += BigInt(nano);
      return {
        month,
        opening: formatAmount(opening),
        booked: formatAmount(closing - opening),
        closing: formatAmount(closing),
      };
    });
    return { currency, items: items.toReversed() };
  },
});
