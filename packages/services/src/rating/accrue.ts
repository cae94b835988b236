import type { Transaction } from '@parley/db/client';
import { billingMonths } from '@parley/domain/rating/billing-month';
import { type RatedLine, rate, type Unrated } from '@parley/domain/rating/rate';
import { ensureAccount } from '../billing/ensure-account.ts';
import { postAccrual } from '../billing/post-accrual.ts';
import { tellGateways } from '../billing/tell-gateways.ts';
import { readSegments } from './read-segments.ts';
import { readUsage } from './read-usage.ts';

export interface AccrualInput {
  readonly tenantId: string;
  readonly subscriptionId: string;
  /** Months from that of this moment are rated, up to the present one (Unix ms). */
  readonly sinceMs: number;
  readonly nowMs: number;
  /** The operator's part of revenue in millionths. */
  readonly platformSharePpm: number;
}

/**
 * Brings the ledger to what a subscription's months are rated at now: recurring fees, usage and minimums, from its segments and
 * billing rollups. Nothing is remembered between two runs but the ledger itself: the same usage again posts nothing, late usage posts
 * its difference. One run at a time for each subscription (its row is locked first, so that what is read is not older than what
 * is posted). Returns what could not be charged, and how many transactions were posted. Runs in the worker's scope.
 */
export async function accrue(
  tx: Transaction,
  input: AccrualInput,
): Promise<{ readonly unrated: readonly Unrated[]; readonly posted: number }> {
  const { tenantId, subscriptionId, sinceMs, nowMs, platformSharePpm } = input;
  const [subscription] = await tx.$queryRaw<{ consumer_tenant_id: string }[]>`
    SELECT consumer_tenant_id FROM subscriptions WHERE tenant_id = ${tenantId}::uuid AND id = ${subscriptionId}::uuid
    FOR NO KEY UPDATE`;
  const segments = await readSegments(tx, input);
  const [first] = segments;
  // A price that was set to come and replaced before it began leaves no segment, and nothing accrued.
  if (!subscription || !first) return { unrated: [], posted: 0 };
  const { timezone } = await tx.tenant.findUniqueOrThrow({ where: { id: tenantId }, select: { timezone: true } });
  const parties = { tenantId, consumerTenantId: subscription.consumer_tenant_id };
  const account = await ensureAccount(tx, parties);
  // A plan paid from credit is closed until there is some.
  if (account.isNew) await tellGateways(tx, parties);
  const unrated: Unrated[] = [];
  let posted = 0;
  for (const { name, period } of billingMonths(Math.max(sinceMs, first.fromMs), nowMs, timezone)) {
    const { usage, hash } = await readUsage(tx, input, { period, segments, startedMs: first.fromMs });
    const rating = rate({ period, asOfMs: nowMs, startedMs: first.fromMs, segments: begun(segments, nowMs), usage });
    unrated.push(...rating.unrated);
    const { transactionId } = await postAccrual(tx, {
      tenantId,
      accountId: account.id,
      subscriptionId,
      period: name,
      lines: rating.lines.map((line) => accrualLine(line, hash)),
      occurredAt: new Date(Math.min(Math.max(settledMs(segments, nowMs), period.startMs), period.endMs - 1)),
      platformSharePpm,
    });
    if (transactionId !== null) posted += 1;
  }
  return { unrated, posted };
}

/** Use is rated within minutes; so long after its end, credit is still there for what gateways let in before. */
const RATED_WITHIN_MS = 15 * 60_000;

/**
 * When the newest use happened, as far as credit that runs out is concerned. Gateways hold calls on plans paid from credit against what
 * is left then: it pays for them though they are rated a while later.
 */
function settledMs(segments: Awaited<ReturnType<typeof readSegments>>, nowMs: number): number {
  const { price } = segments.findLast(({ fromMs }) => fromMs <= nowMs) ?? {};
  return price?.pricing.collection === 'prepaid' ? nowMs - RATED_WITHIN_MS : nowMs;
}

/** What is set to come is not owed yet: another price, or an end, may come before it. */
function begun<Segment extends { readonly fromMs: number; readonly untilMs: number | null }>(
  segments: readonly Segment[],
  nowMs: number,
): Segment[] {
  return segments.filter(({ fromMs }) => fromMs <= nowMs);
}

/** A line as the ledger keeps it. Only usage carries the hash of what was read: a fee does not change with usage. */
function accrualLine(line: RatedLine, usageHash: string) {
  const { kind, segmentId, amountNano } = line;
  const place = {
    kind,
    priceId: line.priceId,
    planId: line.planId,
    currency: line.currency,
    from: new Date(line.fromMs).toISOString(),
    until: new Date(line.untilMs).toISOString(),
    amountNano: amountNano.toString(),
  };
  if (line.kind !== 'usage') {
    return { line: `${kind}/${segmentId}`, quantity: 0n, amountNano, rated: place };
  }
  const { ruleId, name, meter, quantity, included, billed } = line;
  const counts = { quantity: quantity.toString(), included: included.toString(), billed: billed.toString() };
  return {
    line: `usage/${ruleId}/${segmentId}`,
    quantity,
    amountNano,
    rated: { ...place, ruleId, name, meter, ...counts, usageHash },
  };
}
