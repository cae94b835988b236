import type { Database } from '@parley/db/client';
import { toMinor } from '@parley/domain/billing/minor-units';
import Stripe from 'stripe';
import type { StripeAccess } from './access.ts';
import { LOWERED, ourDue, SETTLED } from './our-due.ts';

const LEASE_SECONDS = 120;
const LONGEST_PAUSE_MS = 6 * 3_600_000;

interface Moved {
  readonly tenantId: string;
  readonly invoiceId: string;
  readonly stripeInvoiceId: string;
  readonly moved: number;
  readonly tries: number;
}

function take(db: Database): Promise<Moved[]> {
  return db.within(
    {},
    (tx) => tx.$queryRaw<Moved[]>`
      UPDATE stripe_invoices SET tries = tries + 1, next_try_at = now() + make_interval(secs => ${LEASE_SECONDS})
      WHERE (tenant_id, invoice_id) IN (
        SELECT tenant_id, invoice_id FROM stripe_invoices
        WHERE state = 'open' AND told < moved AND stripe_invoice_id IS NOT NULL AND next_try_at <= now()
        ORDER BY created_at LIMIT 10 FOR UPDATE SKIP LOCKED)
      RETURNING tenant_id AS "tenantId", invoice_id AS "invoiceId", stripe_invoice_id AS "stripeInvoiceId", moved, tries`,
  );
}

/**
 * Sees to it that Stripe asks for no more than is due on invoices that were paid, credited or ended at ours: lowers them, marks
 * them as paid, or ends them there as well. Safe to repeat. In the worker's scope.
 */
export async function tellMoves(access: StripeAccess, db: Database): Promise<{ told: number }> {
  let told = 0;
  for (let taken = await take(db); taken.length > 0; taken = await take(db)) {
    for (const one of taken) {
      const { tenantId, invoiceId, moved } = one;
      const update = (data: object) =>
        db.within({ tenantId }, (tx) => tx.stripeInvoice.updateMany({ where: { tenantId, invoiceId }, data }));
      try {
        await bringInStep(access, db, one);
        // Only as far as was read: it may have moved on meanwhile.
        await update({ told: moved, tries: 0, lastError: '', nextTryAt: new Date() });
        told += 1;
      } catch (error) {
        const lastError = (error instanceof Error ? error.message : String(error)).slice(0, 500);
        const pauseMs = Math.min(1_000 * 2 ** (one.tries - 1), LONGEST_PAUSE_MS);
        await update({ lastError, nextTryAt: new Date(Date.now() + pauseMs) });
      }
    }
  }
  return { told };
}

async function bringInStep(access: StripeAccess, db: Database, one: Moved): Promise<void> {
  const { invoices } = access.client;
  const ours = await ourDue(db, one);
  const theirs = await invoices.retrieve(one.stripeInvoiceId);
  if (ours === null || !isOpen(theirs)) return;
  try {
    await act(access, { one, ours, theirs });
  } catch (error) {
    // Paid or ended there in the same moment: its event tells.
    if (!(error instanceof Stripe.errors.StripeInvalidRequestError)) throw error;
    if (isOpen(await invoices.retrieve(theirs.id))) throw error;
  }
}

const isOpen = ({ status }: Stripe.Invoice): boolean => status === 'open' || status === 'uncollectible';

async function act(
  access: StripeAccess,
  given: { one: Moved; ours: { state: string; dueNano: bigint }; theirs: Stripe.Invoice },
): Promise<void> {
  const { one, ours, theirs } = given;
  const { invoices, creditNotes } = access.client;
  const key = (step: string) => ({ idempotencyKey: `parley-invoice-${one.invoiceId}-${step}` });
  if (ours.state === 'void') {
    await invoices.voidInvoice(theirs.id, {}, key('void'));
    return;
  }
  if (ours.dueNano === 0n) {
    await invoices.update(theirs.id, { metadata: { [SETTLED]: 'true' } }, key('settled'));
    await invoices.pay(theirs.id, { paid_out_of_band: true }, key('paid-elsewhere'));
    return;
  }
  const above = theirs.amount_remaining - toMinor(ours.dueNano, theirs.currency);
  if (above > 0 && theirs.status === 'open') {
    const memo = 'Paid or credited outside of Stripe';
    const metadata = { [LOWERED]: 'true' };
    await creditNotes.create(
      { invoice: theirs.id, amount: above, memo, metadata },
      key(`lower-${theirs.amount_remaining}-${above}`),
    );
  }
  if (ours.state === 'uncollectible' && theirs.status === 'open') {
    await invoices.markUncollectible(theirs.id, {}, key('uncollectible'));
  }
}
