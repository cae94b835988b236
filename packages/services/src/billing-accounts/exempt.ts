import { Fault } from '@parley/kernel/fault';
import { z } from 'zod';
import { DONE, doneShape } from '../shapes.ts';
import { defineVerb } from '../verb.ts';

/** Charges a customer no tax from now on, or again. */
export const exemptBillingAccount = defineVerb({
  name: 'billingAccounts.exempt',
  summary: 'Charge a customer no tax on invoices issued from now on, for a reason that they show; or charge it again.',
  kind: 'write',
  access: 'billing.write',
  rest: { method: 'PUT', path: '/billing-accounts/{account}/tax-exemption' },
  input: z.object({
    account: z.uuid(),
    exempt: z.boolean(),
    /** Shown on invoices: the certificate, the law. */
    reason: z.string().trim().max(200, 'At most 200 characters.').default(''),
  }),
  output: doneShape,
  async run({ tx, input, tenantId, context, audit }) {
    const where = { tenantId_id: { tenantId, id: input.account } };
    const account = await tx.billingAccount.findUnique({ where, select: { id: true, consumerTenantId: true } });
    if (!account) throw new Fault('not_found', 'There is no such billing account among those of your customers.');
    if (input.exempt && input.reason === '') {
      const message = 'Say why: the invoice shows it.';
      throw new Fault('invalid_input', message, [{ path: 'reason', message }]);
    }
    const key = { tenantId, billingAccountId: account.id };
    await tx.taxExemption.deleteMany({ where: key });
    if (input.exempt) {
      await tx.taxExemption.create({ data: { ...key, reason: input.reason, createdById: context.userId } });
    }
    const customer = await tx.tenant.findUnique({ where: { id: account.consumerTenantId }, select: { name: true } });
    await audit({
      subject: { kind: 'billing-account', id: account.id, label: customer?.name ?? 'A customer' },
      detail: { exempt: input.exempt, reason: input.reason },
    });
    return DONE;
  },
});
