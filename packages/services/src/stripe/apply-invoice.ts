import type { Database, Transaction } from '@parley/db/client';
import { dunningMoves } from '@parley/domain/billing/dunning';
import { fromMinor } from '@parley/domain/billing/minor-units';
import type Stripe from 'stripe';
import { voidInvoice, writeOffInvoice } from '../billing/end-invoice.ts';
import { moveStanding } from '../billing/move-standing.ts';
import { recordPayment } from '../billing/record-payment.ts';
import { type Applied, type EventToApply, NOT_OURS } from './event-to-apply.ts';
import { takenByStripe } from './our-due.ts';

/** Begins every reason that dunning gives, so that it eases only what it did itself. */
export const DUNNING_REASON = 'A payment failed';

/** An invoice of ours changed at Stripe: paid, its payment failed, or voided there. */
export async function applyInvoice({ access, db, event, now }: EventToApply): Promise<Applied> {
  if (event.objectId === null) return NOT_OURS;
  const invoice = await access.client.invoices.retrieve(event.objectId);
  // By what it carries, not by our row: the row may not have been told its id when a process died.
  const { parley_publisher: tenantId, parley_invoice: invoiceId } = invoice.metadata ?? {};
  if (tenantId === undefined || invoiceId === undefined) return NOT_OURS;
  const taken = await takenByStripe(access, invoice);
  const outcome = await followInvoice(db, { invoice, taken, tenantId, invoiceId, now });
  return outcome === null ? NOT_OURS : { outcome, publisherId: tenantId };
}

/** Brings our row, the ledger and the account's standing in step with an invoice as Stripe has it. `null`: not ours. */
export function followInvoice(
  db: Database,
  given: {
    readonly invoice: Stripe.Invoice;
    /** Minor units that Stripe took for it. */
    readonly taken: number;
    readonly tenantId: string;
    readonly invoiceId: string;
    readonly now: Date;
  },
): Promise<string | null> {
  const { tenantId, invoiceId, invoice, taken, now } = given;
  return db.within({ tenantId }, async (tx) => {
    const ours = await tx.stripeInvoice.findUnique({ where: { tenantId_invoiceId: { tenantId, invoiceId } } });
    if (ours === null || (ours.stripeInvoiceId !== null && ours.stripeInvoiceId !== invoice.id)) return null;
    return follow(tx, { invoice, taken, ours, now });
  });
}

interface OurInvoice {
  readonly tenantId: string;
  readonly invoiceId: string;
  readonly billingAccountId: string;
  readonly failingSince: Date | null;
}

interface Followed {
  readonly invoice: Stripe.Invoice;
  readonly taken: number;
  readonly ours: OurInvoice;
  readonly now: Date;
}

async function follow(tx: Transaction, { invoice, taken, ours, now }: Followed): Promise<string> {
  const { tenantId, invoiceId, billingAccountId: accountId } = ours;
  const where = { tenantId_invoiceId: { tenantId, invoiceId } };
  if (invoice.status === 'paid') {
    const amountNano = fromMinor(taken, invoice.currency);
    if (amountNano > 0n) {
      const key = `stripe:${invoice.id}`;
      await recordPayment(tx, {
        tenantId,
        accountId,
        key,
        amountNano,
        invoiceId,
        note: 'Paid by card',
        occurredAt: now,
      });
    }
    await tx.stripeInvoice.update({
      where,
      data: { state: 'paid', paidAt: now, failingSince: null, attempts: invoice.attempt_count },
    });
    await settleStanding(tx, { tenantId, accountId, now });
    return 'The invoice is paid.';
  }
  if (invoice.status === 'void' || invoice.status === 'uncollectible') {
    const state = invoice.status === 'void' ? ('void' as const) : ('open' as const);
    await endAsThere(tx, { invoice, ours, now });
    await tx.stripeInvoice.update({
      where,
      data: { state, attempts: invoice.attempt_count, ...(state === 'void' ? { failingSince: null } : {}) },
    });
    await settleStanding(tx, { tenantId, accountId, now });
    return state === 'void' ? 'The invoice was voided.' : 'The invoice was given up as uncollectible.';
  }
  if (invoice.status === 'open' && invoice.attempt_count > 0) {
    const failingSince = ours.failingSince ?? now;
    await tx.stripeInvoice.update({ where, data: { state: 'open', attempts: invoice.attempt_count, failingSince } });
    await settleStanding(tx, { tenantId, accountId, now });
    return `Its payment failed (${invoice.attempt_count} ${invoice.attempt_count === 1 ? 'try' : 'tries'}).`;
  }
  if (invoice.status === 'open')
    await tx.stripeInvoice.update({ where, data: { state: 'open', stripeInvoiceId: invoice.id } });
  return `The invoice is ${invoice.status ?? 'new'}.`;
}

/** Ends our invoice where it was ended at Stripe, and ours asks for its whole still. */
async function endAsThere(
  tx: Transaction,
  { invoice, ours, now }: Pick<Followed, 'invoice' | 'ours' | 'now'>,
): Promise<void> {
  const { tenantId, invoiceId } = ours;
  const issued = await tx.invoice.findUnique({
    where: { tenantId_id: { tenantId, id: invoiceId } },
    select: { state: true, amountPaidNano: true },
  });
  if (issued?.state !== 'open') return;
  const end = { tenantId, invoiceId, at: now };
  if (invoice.status === 'uncollectible') {
    await writeOffInvoice(tx, { ...end, reason: 'Given up as not collectible at Stripe' });
  } else if (issued.amountPaidNano === 0n) {
    await voidInvoice(tx, { ...end, reason: 'Voided at Stripe' });
  }
}

/** Moves an account to where the age of its oldest failing payment puts it; only what dunning did is undone by it. */
export async function settleStanding(
  tx: Transaction,
  given: { readonly tenantId: string; readonly accountId: string; readonly now: Date },
): Promise<void> {
  const { tenantId, accountId, now } = given;
  const account = await tx.billingAccount.findUniqueOrThrow({
    where: { tenantId_id: { tenantId, id: accountId } },
    select: { standing: true, standingReason: true },
  });
  const oldest = await tx.stripeInvoice.aggregate({
    where: { tenantId, billingAccountId: accountId, state: 'open', failingSince: { not: null } },
    _min: { failingSince: true },
  });
  const failingSince = oldest._min.failingSince;
  if (failingSince === null && !account.standingReason.startsWith(DUNNING_REASON)) return;
  const moves = dunningMoves({
    standing: account.standing,
    failingSinceMs: failingSince?.getTime() ?? null,
    nowMs: now.getTime(),
  });
  for (const move of moves) {
    const reason =
      move === 'restore'
        ? 'Everything is paid'
        : `${DUNNING_REASON} on ${failingSince?.toISOString().slice(0, 10) ?? ''}`;
    await moveStanding(tx, { tenantId, accountId, move, reason });
  }
}
