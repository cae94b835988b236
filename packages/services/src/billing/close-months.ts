import type { Database, Transaction } from '@parley/db/client';
import { invoiceName } from '@parley/domain/invoices/document';
import { amountText, monthText } from '@parley/domain/invoices/words';
import { type BillingMonth, billingMonth, billingMonths } from '@parley/domain/rating/billing-month';
import { queueInvoice } from '../stripe/invoice-document.ts';
import { type IssuedInvoice, issueInvoice } from './issue-invoice.ts';
import { mirrorDocument } from './mirror-document.ts';
import { documentOf } from './recompute-invoice.ts';

const HOUR_MS = 3_600_000;
/** A month is closed this long after its end: usage that comes late is still on its invoice. */
const GRACE_MS = 24 * HOUR_MS;
/** Where nothing that costs runs any more, the final invoice does not wait for the end of the month, only so long. */
const FINAL_GRACE_MS = HOUR_MS;
/** Where rating is behind, closing waits for it so much longer; then differences go onto the next invoice. */
const PATIENCE_MS = 24 * HOUR_MS;

interface Candidate {
  readonly tenantId: string;
  readonly accountId: string;
  readonly timezone: string;
  /** First month with lines that may be closed, and the last that was. */
  readonly firstPeriod: string;
  readonly lastClosed: string | null;
  /** When the last that costs something ended; `null` while anything runs, or may again. */
  readonly endedAt: Date | null;
}

/**
 * Issues an invoice for each account and month that is over since the grace, the oldest first; each in a transaction of its own,
 * safe to repeat and to run twice at once. Months in which nothing was charged have none. An account on which nothing runs any
 * more gets its final invoice an hour later, for the month that runs. Returns how many were issued.
 * `tenantId`: of one publisher only; `accountId`: of one account only; `mirror`: what is to be paid is charged by Stripe as well.
 */
export async function closeMonths(
  db: Database,
  now: Date,
  options: { readonly tenantId?: string; readonly accountId?: string; readonly mirror?: boolean } = {},
): Promise<number> {
  let issued = 0;
  for (const candidate of await db.within({}, (tx) => candidates(tx, options, now))) {
    for (const month of closable(candidate, now)) {
      const { tenantId, accountId } = candidate;
      const invoice = await db.within({}, async (tx) => {
        if (await ratingIsBehind(tx, candidate, month, now)) return 'later';
        const made = await issueInvoice(tx, { tenantId, accountId, month, at: now });
        if (made && !made.repeated) await tellCustomer(tx, candidate, made, month.name, isFinal(candidate, now));
        if (made && !made.repeated && options.mirror) await mirror(tx, candidate, made, month);
        return made;
      });
      // A month cannot be closed before the one before it.
      if (invoice === 'later') break;
      if (invoice && !invoice.repeated) issued += 1;
    }
  }
  return issued;
}

async function mirror(
  tx: Transaction,
  { tenantId, accountId }: Candidate,
  { invoiceId, totalNano }: IssuedInvoice,
  month: BillingMonth,
): Promise<void> {
  if (totalNano === 0n) return;
  const row = await tx.invoice.findUniqueOrThrow({ where: { tenantId_id: { tenantId, id: invoiceId } } });
  const document = documentOf(row);
  const subscriptions = await tx.subscription.findMany({
    where: { tenantId, id: { in: document.lines.map(({ subscriptionId }) => subscriptionId) } },
    select: { id: true, planId: true },
  });
  const plans = new Map(subscriptions.map(({ id, planId }) => [id, planId]));
  await queueInvoice(tx, { tenantId, accountId, invoiceId, document: mirrorDocument(document, month, plans) });
}

/** Accounts with accruals newer than their last invoice read. */
function candidates(
  tx: Transaction,
  { tenantId = null, accountId = null }: { readonly tenantId?: string | null; readonly accountId?: string | null },
  now: Date,
): Promise<Candidate[]> {
  return tx.$queryRaw<Candidate[]>`
    SELECT a.tenant_id AS "tenantId", a.id AS "accountId", p.timezone, min(l.period) AS "firstPeriod",
      (SELECT max(i.period) FROM invoices i WHERE i.tenant_id = a.tenant_id AND i.billing_account_id = a.id) AS "lastClosed",
      (SELECT CASE WHEN bool_or(g.until_at IS NULL OR g.until_at > ${now} OR s.state = 'suspended') THEN NULL ELSE max(g.until_at) END
       FROM subscription_segments g JOIN subscriptions s ON s.tenant_id = g.tenant_id AND s.id = g.subscription_id
       WHERE g.tenant_id = a.tenant_id AND s.consumer_tenant_id = a.consumer_tenant_id) AS "endedAt"
    FROM billing_accounts a JOIN tenants p ON p.id = a.tenant_id
    JOIN accrual_lines l ON l.tenant_id = a.tenant_id AND l.billing_account_id = a.id
    JOIN ledger_transactions t ON t.tenant_id = l.tenant_id AND t.id = l.transaction_id
    WHERE (${tenantId}::uuid IS NULL OR a.tenant_id = ${tenantId}::uuid) AND (${accountId}::uuid IS NULL OR a.id = ${accountId}::uuid)
      AND NOT EXISTS (SELECT 1 FROM invoices i WHERE i.tenant_id = a.tenant_id AND i.billing_account_id = a.id
      AND l.period <= i.period AND t.sequence <= i.ledger_sequence)
    GROUP BY a.tenant_id, a.id, p.timezone HAVING bool_or(l.amount_nano <> 0) ORDER BY a.tenant_id, a.id`;
}

/** Whether an account gets its final invoice: nothing has run on it for a while. */
const isFinal = ({ endedAt }: Candidate, now: Date): boolean =>
  endedAt !== null && endedAt.getTime() + FINAL_GRACE_MS <= now.getTime();

/**
 * Months that may be closed: over since the grace, or with a final invoice the one that runs; after the last that was, from
 * the first with lines on.
 */
function closable(candidate: Candidate, now: Date): BillingMonth[] {
  const { timezone, firstPeriod, lastClosed } = candidate;
  const final = isFinal(candidate, now);
  const last = billingMonth(now.getTime() - (final ? 0 : GRACE_MS), timezone);
  const from = Date.parse(`${firstPeriod}-15T12:00:00Z`);
  return billingMonths(Math.min(from, last.period.startMs), last.period.startMs, timezone, 120).filter(
    ({ name }) =>
      (final ? name <= last.name : name < last.name) &&
      name >= firstPeriod &&
      (lastClosed === null || name > lastClosed),
  );
}

async function ratingIsBehind(
  tx: Transaction,
  { tenantId, accountId }: Candidate,
  { period }: BillingMonth,
  now: Date,
): Promise<boolean> {
  if (now.getTime() > period.endMs + GRACE_MS + PATIENCE_MS) return false;
  const [row] = await tx.$queryRaw<{ behind: boolean }[]>`
    SELECT EXISTS (SELECT 1 FROM rating_marks m
      JOIN subscriptions s ON s.tenant_id = m.tenant_id AND s.id = m.subscription_id
      JOIN billing_accounts a ON a.tenant_id = s.tenant_id AND a.consumer_tenant_id = s.consumer_tenant_id
      WHERE m.tenant_id = ${tenantId}::uuid AND a.id = ${accountId}::uuid AND m.since < ${new Date(period.endMs)}::timestamptz) AS behind`;
  return row?.behind ?? false;
}

async function tellCustomer(
  tx: Transaction,
  { tenantId, accountId }: Candidate,
  invoice: IssuedInvoice,
  period: string,
  final: boolean,
): Promise<void> {
  const { consumerTenantId } = await tx.billingAccount.findUniqueOrThrow({
    where: { tenantId_id: { tenantId, id: accountId } },
    select: { consumerTenantId: true },
  });
  const { publisher, customer } = invoice.parties;
  const due = `${amountText(invoice.totalNano)} ${invoice.currency}`;
  await tx.outboxEntry.createMany({
    data: {
      tenantId,
      topic: 'notify.members',
      payload: {
        tenantId: consumerTenantId,
        permission: 'billing.read',
        userId: null,
        kind: 'invoice.issued',
        title: `${publisher.name} has sent ${final ? 'the final invoice' : 'invoice'} ${invoiceName(invoice.number)} for ${monthText(period)}`,
        body:
          invoice.totalNano === 0n
            ? 'Nothing is due: credit has paid for it.'
            : `${due} is due by ${invoice.dueAt.toISOString().slice(0, 10)}.`,
        href: `/t/${customer.slug}/invoices`,
        mail: true,
      },
    },
  });
}
