import { CREDIT_KINDS } from '@parley/contracts/ledger';
import type { Transaction } from '@parley/db/client';
import { must } from '@parley/kernel/assert';
import { Fault } from '@parley/kernel/fault';
import { newId } from '@parley/kernel/id';
import { z } from 'zod';
import { ensureAccount } from '../billing/ensure-account.ts';
import { grantCredit } from '../billing/grant-credit.ts';
import { amountAbove0, grantShape, nanoOf, readGrants } from '../billing-accounts/account-shape.ts';
import { timeShape } from '../shapes.ts';
import { defineVerb } from '../verb.ts';

/** Gives a customer credit, or books credit that it paid for outside. It pays at once for what is unbilled. */
export const giveCredit = defineVerb({
  name: 'creditGrants.give',
  summary: 'Give a customer credit, or book credit it has paid for; it is spent before anything is invoiced.',
  kind: 'write',
  access: 'billing.write',
  rest: { method: 'POST', path: '/customers/{customer}/credit' },
  input: z.object({
    /** Short name of the customer's tenant. */
    customer: z.string().min(1, 'Name the customer.').max(63),
    amount: amountAbove0,
    kind: z.enum(CREDIT_KINDS).default('promotional'),
    /** 0 to 100; lower is spent first. */
    priority: z.number().int().min(0).max(100).default(50),
    /** It pays for nothing from then on; never ends when not given. */
    expiresAt: timeShape.optional(),
    /** Shown to the customer. */
    note: z.string().trim().max(500, 'At most 500 characters.').default(''),
    /** A repeat under the same key gives nothing twice. */
    key: z.string().min(1).max(100).optional(),
  }),
  output: grantShape.extend({ accountId: z.uuid() }),
  async run({ tx, input, tenantId, context, audit }) {
    const customer = await findCustomer(tx, tenantId, input.customer);
    const account = await ensureAccount(tx, { tenantId, consumerTenantId: customer.id });
    const { grantId, repeated } = await grantCredit(tx, {
      tenantId,
      accountId: account.id,
      key: `grant:${input.key ?? newId()}`,
      kind: input.kind,
      amountNano: nanoOf(input.amount),
      priority: input.priority,
      expiresAt: input.expiresAt ? new Date(input.expiresAt) : null,
      note: input.note,
      createdById: context.userId,
    });
    if (!repeated) {
      const { amount, kind, priority, expiresAt, note } = input;
      await audit({
        subject: { kind: 'billingAccount', id: account.id, label: customer.name },
        detail: { grantId, amount, currency: account.currency, kind, priority, expiresAt, note },
      });
    }
    const [grant] = await readGrants(tx, { tenantId, id: account.id }, { id: grantId, limit: 1 });
    return { ...must(grant, 'the credit just given'), accountId: account.id };
  },
});

/** A tenant that holds or held a subscription to one of the publisher's APIs. Throws `not_found`. */
async function findCustomer(tx: Transaction, tenantId: string, slug: string): Promise<{ id: string; name: string }> {
  const customer = await tx.tenant.findUnique({ where: { slug }, select: { id: true, name: true } });
  const subscribed = customer
    ? await tx.subscription.findFirst({ where: { tenantId, consumerTenantId: customer.id }, select: { id: true } })
    : null;
  if (customer && subscribed) return customer;
  throw new Fault('not_found', 'No tenant of this name has subscribed to one of your APIs.');
}
