import { bodyPurpose } from '@parley/contracts/deliveries';
import { STANDARD_PAUSES } from '@parley/contracts/policies/deliver';
import type { Transaction } from '@parley/db/client';
import { forecast } from '@parley/domain/budgets/forecast';
import { derivedId } from '@parley/kernel/derived-id';
import { formatAmount } from '@parley/kernel/money';
import { openDataKey, sealBuffer } from '@parley/kernel/seal';
import type { RunningBudget } from '../../budgets/read.ts';
import type { Ports } from '../../ports.ts';
import { storeEvent } from '../event-accept/store-event.ts';
import { announce } from '../expiry-sweep/record.ts';

const NIL = '00000000-0000-0000-0000-000000000000';
const RULES = { retryAfterSeconds: [...STANDARD_PAUSES], timeoutSeconds: 15, concurrency: 10 };
const KEEP_DAYS = 7;

interface Spending {
  readonly budget: RunningBudget;
  readonly spentNano: bigint;
}

/**
 * Tells of each threshold that the spending of a period has passed, once: in the portal and by mail to who may see budgets,
 * and to the budget's webhook. Several passed at once are recorded each, and told as the highest.
 */
export async function tellThresholds(
  tx: Transaction,
  ports: Ports,
  tenantId: string,
  spending: Spending,
): Promise<void> {
  const { budget, spentNano } = spending;
  const passed = budget.thresholds.filter((percent) => spentNano * 100n >= budget.amountNano * BigInt(percent));
  if (passed.length === 0) return;
  const periodStart = new Date(budget.startMs);
  const { amountNano } = budget;
  const told = await tx.budgetAlert.createManyAndReturn({
    data: passed.map((threshold) => ({
      tenantId,
      id: derivedId('budget-alert', tenantId, budget.id, periodStart.toISOString(), String(threshold)),
      budgetId: budget.id,
      periodStart,
      threshold,
      spentNano,
      amountNano,
    })),
    skipDuplicates: true,
    select: { threshold: true, id: true },
  });
  const highest = told.reduce<(typeof told)[number] | null>(
    (a, b) => (a !== null && a.threshold > b.threshold ? a : b),
    null,
  );
  if (highest === null) return;
  await notify(tx, tenantId, spending, highest.threshold, ports.clock.nowMs());
  // Under the alert's id: if this transaction fails after it, the next look finds the event stored already.
  if (budget.webhook !== null) await deliver(tx, ports, tenantId, { ...spending, ...highest });
}

async function notify(
  tx: Transaction,
  tenantId: string,
  spending: Spending,
  threshold: number,
  nowMs: number,
): Promise<void> {
  const { budget, spentNano } = spending;
  const { slug } = await tx.tenant.findUniqueOrThrow({ where: { id: tenantId }, select: { slug: true } });
  const words = (nano: bigint): string => `${formatAmount(nano)} ${budget.currency}`;
  const line = await lineOf(spending, nowMs);
  const parts = [`${words(spentNano)} of ${words(budget.amountNano)} spent.`];
  if (budget.mode === 'hard') parts.push('Calls that may not fit into what is left are refused.');
  if (line?.exhaustedAtMs != null) {
    parts.push(
      `At the rate of the last days it is used up about ${new Date(line.exhaustedAtMs).toISOString().slice(0, 16).replace('T', ' ')} UTC (an estimate).`,
    );
  }
  await announce(tx, tenantId, 'notify.members', {
    tenantId,
    permission: 'budgets.write',
    userId: null,
    kind: 'budget.threshold',
    title: `The budget “${budget.name}” has passed ${threshold} %`,
    body: parts.join(' '),
    href: `/t/${slug}/budgets`,
    mail: true,
  });
}

async function lineOf({ budget, spentNano }: Spending, nowMs: number) {
  const { countsFromMs: startMs, endMs, amountNano } = budget;
  return forecast({ nowMs, startMs, endMs, amountNano, spentNano, recentNano: await budget.recent() });
}

/** As a Standard Webhooks event to the upstream that the budget names; one that is gone is told nothing. */
async function deliver(
  tx: Transaction,
  ports: Ports,
  tenantId: string,
  { budget, spentNano, threshold, id }: Spending & { threshold: number; id: string },
): Promise<void> {
  const upstream = await tx.upstream.findFirst({
    where: { tenantId, slug: budget.webhook ?? '' },
    select: { id: true, slug: true },
  });
  const key = await tx.tenantKey.findFirst({ where: { tenantId }, orderBy: { createdAt: 'desc' } });
  if (upstream === null || key === null) return;
  const nowMs = ports.clock.nowMs();
  const line = await lineOf({ budget, spentNano }, nowMs);
  const { slug, name, scope, subject, period, mode, currency } = budget;
  const body = Buffer.from(
    JSON.stringify({
      type: 'budget.threshold_reached',
      timestamp: new Date(nowMs).toISOString(),
      data: {
        budget: { id: budget.id, slug, name, scope, subject, period, mode },
        threshold,
        spent: formatAmount(spentNano),
        amount: formatAmount(budget.amountNano),
        currency,
        periodStart: new Date(budget.countsFromMs).toISOString(),
        periodEnd: period === 'total' ? null : new Date(budget.endMs).toISOString(),
        estimatedExhaustion: line?.exhaustedAtMs == null ? null : new Date(line.exhaustedAtMs).toISOString(),
      },
    }),
  );
  const dataKey = openDataKey(ports.providers.masterKey, key.sealed, tenantId);
  await storeEvent(ports.pool, {
    id,
    tenantId,
    apiId: NIL,
    apiVersionId: NIL,
    routeId: null,
    consumerTenantId: tenantId,
    applicationId: NIL,
    requestId: id,
    method: 'POST',
    path: '/',
    headers: [['content-type', 'application/json']],
    body: sealBuffer(dataKey, body, bodyPurpose(id)).toString('base64'),
    bodyBytes: body.length,
    destinations: [upstream],
    rules: RULES,
    keepDays: KEEP_DAYS,
    acceptedAtMs: nowMs,
  });
}
