import type { Transaction } from '@parley/db/client';
import { formatAmount } from '@parley/kernel/money';
import { z } from 'zod';
import { accountShape, grantShape, readAccounts, readGrants } from '../billing-accounts/account-shape.ts';
import type { Context } from '../context.ts';
import { iso, timeShape } from '../shapes.ts';
import { defineVerb } from '../verb.ts';

const MOST_ACCOUNTS = 100;
const MOST_ROWS = 20;

const checkoutShape = z.object({
  id: z.uuid(),
  kind: z.enum(['topUp', 'card', 'plan']),
  /** In whole units of the account's currency; null where only a card is left. */
  amount: z.string().nullable(),
  state: z.enum(['open', 'completed', 'expired']),
  createdAt: timeShape,
});

const paymentsShape = z.object({
  account: accountShape,
  /** The card that invoices are charged to. */
  card: z.object({ brand: z.string(), last4: z.string(), expires: z.string() }).nullable(),
  /** The newest grants of credit. */
  grants: z.array(grantShape),
  /** The newest pages of Stripe's that somebody was sent to. */
  checkouts: z.array(checkoutShape),
});

/** Where a customer stands with each publisher: credit, what is owed, the card, and what was bought. */
export const overviewPayments = defineVerb({
  name: 'payments.overview',
  summary: 'See the open tenant’s billing accounts with publishers: credit, what is owed, cards and top-ups.',
  kind: 'read',
  access: 'billing.read',
  rest: { method: 'GET', path: '/payments' },
  input: z.object({}),
  output: z.object({
    /** How cards are taken: not at all, by the simulator (no money moves), or by Stripe. */
    stripe: z.enum(['off', 'simulated', 'on']),
    accounts: z.array(paymentsShape),
  }),
  run: async ({ tx, tenantId, context }) => {
    const rows = await tx.billingAccount.findMany({
      where: { consumerTenantId: tenantId },
      orderBy: { id: 'asc' },
      take: MOST_ACCOUNTS,
      select: { tenantId: true, id: true },
    });
    const shown = await readAccounts(tx, { side: { consumerTenantId: tenantId }, limit: MOST_ACCOUNTS });
    const accounts = [];
    for (const row of rows) {
      const account = shown.find(({ id }) => id === row.id);
      if (account) accounts.push({ account, ...(await paymentsOf(tx, row)) });
    }
    return { stripe: stateOf(context), accounts };
  },
});

function stateOf(context: Context): 'off' | 'simulated' | 'on' {
  const { stripe } = context.settings;
  if (!stripe) return 'off';
  return stripe.simulated ? 'simulated' : 'on';
}

async function paymentsOf(tx: Transaction, row: { tenantId: string; id: string }) {
  const where = { tenantId: row.tenantId, billingAccountId: row.id };
  const card = await tx.stripeCard.findFirst({ where });
  const checkouts = await tx.stripeCheckout.findMany({ where, orderBy: { createdAt: 'desc' }, take: MOST_ROWS });
  return {
    card: card && {
      brand: card.brand,
      last4: card.last4,
      expires: `${String(card.expMonth).padStart(2, '0')}/${card.expYear}`,
    },
    grants: await readGrants(tx, row, { limit: MOST_ROWS }),
    checkouts: checkouts.map((one) => ({
      id: one.id,
      kind: one.kind,
      amount: one.amountNano === null ? null : formatAmount(one.amountNano),
      state: one.state,
      createdAt: iso(one.createdAt),
    })),
  };
}
