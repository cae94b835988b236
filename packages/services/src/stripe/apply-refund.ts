import type { Transaction } from '@parley/db/client';
import { fromMinor } from '@parley/domain/billing/minor-units';
import type Stripe from 'stripe';
import { voidGrant } from '../billing/end-grant.ts';
import { splitTax, taxInGivenBack } from '../billing/give-back.ts';
import { openAccount } from '../billing/post.ts';
import { refund as postRefund } from '../billing/refund.ts';
import { type Applied, type EventToApply, NOT_OURS } from './event-to-apply.ts';
import { LOWERED } from './our-due.ts';

const idOf = (value: string | { id: string } | null | undefined): string | null =>
  typeof value === 'object' && value !== null ? value.id : (value ?? null);

/** Money went back: of a top-up what is left of its credit is taken back, of an invoice revenue is given up. */
export async function applyRefund({ access, db, event, now, platformSharePpm }: EventToApply): Promise<Applied> {
  if (event.objectId === null) return NOT_OURS;
  const made = await access.client.refunds.retrieve(event.objectId);
  const intent = idOf(made.payment_intent);
  if (intent === null || made.status !== 'succeeded') return NOT_OURS;
  const topUp = await db.within({}, (tx) => tx.stripeCheckout.findFirst({ where: { paymentIntentId: intent } }));
  if (topUp)
    return { outcome: await takeBack({ db, now, platformSharePpm }, made, topUp), publisherId: topUp.tenantId };
  const invoice = await invoiceOfIntent({ access, db }, made, intent);
  if (invoice === null) return NOT_OURS;
  const { tenantId } = invoice;
  await db.within({ tenantId }, (tx) =>
    giveUp(tx, invoice, {
      key: `stripe:${made.id}`,
      platformSharePpm,
      to: 'cash',
      grossNano: fromMinor(made.amount, made.currency),
      note: 'Refunded through Stripe',
      occurredAt: now,
    }),
  );
  return { outcome: 'What was paid for an invoice was refunded.', publisherId: tenantId };
}

interface GivenUp {
  readonly key: string;
  readonly platformSharePpm: number;
  readonly to: 'cash' | 'receivable';
  /** Tax included. */
  readonly grossNano: bigint;
  readonly note: string;
  readonly occurredAt: Date;
}

/** Gives up what was earned with an invoice, and the tax in it; once for its key. */
async function giveUp(
  tx: Transaction,
  of: { readonly tenantId: string; readonly invoiceId: string; readonly billingAccountId: string },
  { grossNano, ...given }: GivenUp,
): Promise<void> {
  const { tenantId, invoiceId, billingAccountId: accountId } = of;
  await openAccount(tx, tenantId, accountId);
  const where = { tenantId_key: { tenantId, key: given.key } };
  if (await tx.ledgerTransaction.findUnique({ where, select: { id: true } })) return;
  const invoice = await tx.invoice.findUnique({ where: { tenantId_id: { tenantId, id: invoiceId } } });
  const taxNano = invoice ? await taxInGivenBack(tx, invoice, grossNano) : 0n;
  const parts = splitTax({ grossNano, taxNano }, grossNano);
  await postRefund(tx, { ...given, ...parts, tenantId, accountId, invoiceId, of: 'revenue' });
}

interface TopUp {
  readonly tenantId: string;
  readonly billingAccountId: string;
  readonly grantId: string | null;
}

async function takeBack(
  { db, now, platformSharePpm }: Pick<EventToApply, 'db' | 'now' | 'platformSharePpm'>,
  made: Stripe.Refund,
  topUp: TopUp,
): Promise<string> {
  const { tenantId, billingAccountId: accountId, grantId } = topUp;
  if (grantId === null) throw new Error('The top-up that was refunded is not booked yet.');
  const amountNano = fromMinor(made.amount, made.currency);
  return db.within({ tenantId }, async (tx) => {
    await voidGrant(tx, { tenantId, grantId, note: 'Refunded through Stripe', at: now });
    const balance = await tx.ledgerBalance.findFirst({
      where: { tenantId, billingAccountId: accountId, account: 'refund' },
      select: { amountNano: true },
    });
    const known = await tx.ledgerTransaction.findFirst({
      where: { tenantId, key: { startsWith: `stripe:${made.id}` } },
      select: { id: true },
    });
    if (known) return 'This refund was booked before.';
    const owedNano = balance ? -balance.amountNano : 0n;
    const fromCredit = amountNano < owedNano ? amountNano : owedNano;
    const shared = { tenantId, accountId, to: 'cash' as const, note: 'Refunded through Stripe', occurredAt: now };
    if (fromCredit > 0n) {
      await postRefund(tx, { ...shared, key: `stripe:${made.id}`, of: 'owed', amountNano: fromCredit });
    }
    // More than what was left of it: use that was paid with it is given up.
    if (amountNano > fromCredit) {
      await postRefund(tx, {
        ...shared,
        key: `stripe:${made.id}:used`,
        of: 'revenue',
        platformSharePpm,
        amountNano: amountNano - fromCredit,
      });
    }
    return 'A top-up was refunded: what was left of its credit is taken back.';
  });
}

async function invoiceOfIntent(
  { access, db }: Pick<EventToApply, 'access' | 'db'>,
  made: Stripe.Refund,
  intent: string,
) {
  const customer = idOf(made.customer) ?? idOf((await access.client.paymentIntents.retrieve(intent)).customer);
  if (customer === null) return null;
  const ours = await db.within({}, (tx) =>
    tx.stripeInvoice.findMany({ where: { account: { stripeCustomerId: customer }, state: 'paid' } }),
  );
  for (const one of ours) {
    if (one.stripeInvoiceId === null) continue;
    const payments = await access.client.invoicePayments.list({ invoice: one.stripeInvoiceId, limit: 100 });
    if (payments.data.some((payment) => idOf(payment.payment.payment_intent) === intent)) return one;
  }
  return null;
}

/** A credit note: before payment it lowers what is asked for; after it, the refund beside it tells of the money. */
export async function applyCreditNote({ access, db, event, now, platformSharePpm }: EventToApply): Promise<Applied> {
  if (event.objectId === null) return NOT_OURS;
  const note = await access.client.creditNotes.retrieve(event.objectId);
  const invoiceId = idOf(note.invoice);
  const ours = await db.within({}, (tx) =>
    tx.stripeInvoice.findUnique({ where: { stripeInvoiceId: invoiceId ?? '' } }),
  );
  if (ours === null) return NOT_OURS;
  const { tenantId } = ours;
  if (note.metadata?.[LOWERED] !== undefined) {
    return { outcome: 'Stripe asks for less, as was booked before.', publisherId: tenantId };
  }
  if (note.status !== 'issued' || note.pre_payment_amount === 0) {
    return { outcome: 'A credit note after payment: its refund is booked by itself.', publisherId: tenantId };
  }
  await db.within({ tenantId }, (tx) =>
    giveUp(tx, ours, {
      key: `stripe:${note.id}`,
      platformSharePpm,
      to: 'receivable',
      grossNano: fromMinor(note.pre_payment_amount, note.currency),
      note: `Credit note ${note.number}`,
      occurredAt: now,
    }),
  );
  return { outcome: `Credit note ${note.number} lowers the invoice.`, publisherId: tenantId };
}
