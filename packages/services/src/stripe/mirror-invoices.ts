import type { Database } from '@parley/db/client';
import { spreadMinor, toMinor } from '@parley/domain/billing/minor-units';
import type Stripe from 'stripe';
import type { StripeAccess } from './access.ts';
import { followInvoice } from './apply-invoice.ts';
import { ensureCustomer } from './customer.ts';
import { type InvoiceDocument, invoiceDocument } from './invoice-document.ts';
import { ourDue, takenByStripe } from './our-due.ts';
import { productId, syncProducts } from './sync-products.ts';

const LEASE_SECONDS = 120;
const MAX_TRIES = 20;
const LONGEST_PAUSE_MS = 6 * 3_600_000;
/** Lines Stripe takes in one call. */
const LINES_AT_ONCE = 250;

interface Waiting {
  readonly tenantId: string;
  readonly invoiceId: string;
  readonly accountId: string;
  readonly stripeInvoiceId: string | null;
  readonly document: unknown;
  readonly tries: number;
}

function take(db: Database): Promise<Waiting[]> {
  return db.within(
    {},
    (tx) => tx.$queryRaw<Waiting[]>`
      UPDATE stripe_invoices SET tries = tries + 1, next_try_at = now() + make_interval(secs => ${LEASE_SECONDS})
      WHERE (tenant_id, invoice_id) IN (
        SELECT tenant_id, invoice_id FROM stripe_invoices WHERE state = 'waiting' AND next_try_at <= now()
        ORDER BY created_at LIMIT 10 FOR UPDATE SKIP LOCKED)
      RETURNING tenant_id AS "tenantId", invoice_id AS "invoiceId", billing_account_id AS "accountId",
        stripe_invoice_id AS "stripeInvoiceId", document, tries`,
  );
}

/**
 * Makes Stripe invoices of those that wait and lets Stripe charge them. Each step has a key that follows from our invoice,
 * so a crash between Stripe's answer and our row makes nothing twice. In the worker's scope.
 */
export async function mirrorInvoices(
  access: StripeAccess,
  db: Database,
  now: () => Date,
): Promise<{ mirrored: number }> {
  let mirrored = 0;
  for (let taken = await take(db); taken.length > 0; taken = await take(db)) {
    for (const one of taken) {
      try {
        const { tenantId, invoiceId } = one;
        const invoice = await mirror(access, db, one);
        if (invoice === null) {
          await forget(access, db, one);
          continue;
        }
        const taken = await takenByStripe(access, invoice);
        await followInvoice(db, { invoice, taken, tenantId, invoiceId, now: now() });
        mirrored += 1;
      } catch (error) {
        await fail(db, one, error);
      }
    }
  }
  return { mirrored };
}

/** The invoice at Stripe; `null` where nothing is due any more and it was not sent yet. */
async function mirror(access: StripeAccess, db: Database, one: Waiting): Promise<Stripe.Invoice | null> {
  const { tenantId, invoiceId } = one;
  const ours = await ourDue(db, one);
  const document = invoiceDocument.parse(one.document);
  if (ours?.dueNano === 0n && one.stripeInvoiceId === null) return null;
  const { customerId } = await ensureCustomer(access, db, one);
  const key = (step: string): { idempotencyKey: string } => ({ idempotencyKey: `parley-invoice-${invoiceId}-${step}` });
  const { invoices } = access.client;
  const draft = await invoices.create(
    {
      customer: customerId,
      currency: document.currency.toLowerCase(),
      collection_method: 'charge_automatically',
      auto_advance: true,
      pending_invoice_items_behavior: 'exclude',
      description: `Invoice ${document.number}`,
      metadata: { parley_publisher: tenantId, parley_invoice: invoiceId },
    },
    key('draft'),
  );
  await db.within({ tenantId }, (tx) =>
    tx.stripeInvoice.update({
      where: { tenantId_invoiceId: { tenantId, invoiceId } },
      data: { stripeInvoiceId: draft.id },
      select: { invoiceId: true },
    }),
  );
  const current = await invoices.retrieve(draft.id);
  if (current.status !== 'draft') return current;
  if (ours?.dueNano === 0n) return null;
  const lines = linesOf(document, await productsOf(access, db, one, document));
  for (let from = 0; from < lines.length; from += LINES_AT_ONCE) {
    await invoices.addLines(draft.id, { lines: lines.slice(from, from + LINES_AT_ONCE) }, key(`lines-${from}`));
  }
  const asked = lines.reduce((sum, line) => sum + (line.amount ?? line.price_data?.unit_amount ?? 0), 0);
  const filled = await invoices.retrieve(draft.id);
  const due = ours ? asked - toMinor(ours.totalNano - ours.dueNano, document.currency) : asked;
  if (filled.total !== asked && filled.total !== due) {
    throw new Error(`Stripe sums invoice ${document.number} to ${filled.total}, not to ${asked}.`);
  }
  if (filled.total > due) {
    const less = { amount: due - filled.total, description: 'Paid or credited before' };
    await invoices.addLines(draft.id, { lines: [less] }, key(`lowered-${due}`));
  }
  return invoices.finalizeInvoice(draft.id, { auto_advance: true }, key('finalize'));
}

/** Nothing is due on it any more: Stripe never asks for it. A draft would be sent by itself. */
async function forget(access: StripeAccess, db: Database, { tenantId, invoiceId }: Waiting): Promise<void> {
  const key = { tenantId, invoiceId };
  const row = await db.within({ tenantId }, (tx) => tx.stripeInvoice.findFirst({ where: key }));
  if (row?.stripeInvoiceId) await access.client.invoices.del(row.stripeInvoiceId);
  await db.within({ tenantId }, (tx) =>
    tx.stripeInvoice.updateMany({ where: { ...key, state: 'waiting' }, data: { state: 'void' } }),
  );
}

const seconds = (iso: string): number => Math.floor(Date.parse(iso) / 1000);

/** Plans on the lines that have a product at Stripe; those without get one first. */
async function productsOf(
  access: StripeAccess,
  db: Database,
  { tenantId }: Waiting,
  { lines }: InvoiceDocument,
): Promise<ReadonlySet<string>> {
  const planIds = [...new Set(lines.flatMap(({ planId }) => (planId === undefined ? [] : [planId])))];
  if (planIds.length === 0) return new Set();
  await syncProducts(access, db, planIds);
  const rows = await db.within({ tenantId }, (tx) =>
    tx.stripeProduct.findMany({ where: { tenantId, planId: { in: planIds }, active: true }, select: { planId: true } }),
  );
  return new Set(rows.map(({ planId }) => planId));
}

/** Lines as Stripe takes them: of a plan with its product, unless they give something off, which a price cannot. */
function linesOf(
  { lines, currency }: InvoiceDocument,
  products: ReadonlySet<string>,
): Stripe.InvoiceAddLinesParams.Line[] {
  const amounts = spreadMinor(
    lines.map((line) => BigInt(line.amountNano)),
    currency,
  );
  return lines.map(({ planId, ...line }, at) => {
    const amount = amounts[at] ?? 0;
    const sold = planId !== undefined && products.has(planId) && amount >= 0;
    const price = { currency: currency.toLowerCase(), product: productId(planId ?? ''), unit_amount: amount };
    return {
      ...(sold ? { price_data: price, quantity: 1 } : { amount }),
      ...(planId === undefined ? {} : { metadata: { parley_plan: planId } }),
      description: line.description.slice(0, 500),
      period: { start: seconds(line.periodStart), end: seconds(line.periodEnd) },
    };
  });
}

async function fail(db: Database, { tenantId, invoiceId, tries }: Waiting, error: unknown): Promise<void> {
  const pauseMs = Math.min(1_000 * 2 ** (tries - 1), LONGEST_PAUSE_MS);
  const data = {
    lastError: (error instanceof Error ? error.message : String(error)).slice(0, 500),
    nextTryAt: new Date(Date.now() + pauseMs),
    ...(tries >= MAX_TRIES ? { state: 'failed' as const } : {}),
  };
  await db.within({ tenantId }, (tx) =>
    tx.stripeInvoice.updateMany({ where: { tenantId, invoiceId, state: 'waiting' }, data }),
  );
}
