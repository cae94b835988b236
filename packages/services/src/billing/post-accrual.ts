import type { Transaction } from '@parley/db/client';
import { accruedLines, type LockedAccount } from '@parley/db/repositories/ledger';
import { hasPrepaidPlan, prepaidCredit } from '@parley/db/repositories/prepaid';
import { creditLimits } from '@parley/domain/billing/credit-limits';
import { divideRounded, type Nano } from '@parley/kernel/money';
import { asJson, type JsonOf } from '../given.ts';
import { type Entry, openAccount, post } from './post.ts';
import { settleCredit } from './settle-credit.ts';
import { tellGateways } from './tell-gateways.ts';

/** One line of a subscription's month as rated from all that is known now. */
export interface RatedLine {
  /** Stable within subscription and month: rule and segment (`rule-id/segment-id`, `recurring/…`). */
  readonly line: string;
  /** In the meter's unit, to date. */
  readonly quantity: bigint;
  /** Nano-units, to date; negative for what is given off. */
  readonly amountNano: Nano;
  /** What an invoice shows and an audit needs: name, included, price version id, hash of the rollups. Plain JSON. */
  readonly rated: Record<string, unknown>;
}

export interface Accrual {
  readonly tenantId: string;
  readonly accountId: string;
  readonly subscriptionId: string;
  /** Month of the publisher, `2026-11`. */
  readonly period: string;
  /** All lines of the month, to date. One that is not here any more counts as zero. */
  readonly lines: readonly RatedLine[];
  /** When the newest use among it happened; credit that ended before does not pay for it. */
  readonly occurredAt: Date;
  /** The operator's part of revenue in millionths. */
  readonly platformSharePpm?: number;
}

const PPM = 1_000_000n;

/** Revenue as entries: the operator's part rounded once, half away from zero, the rest the publisher's. */
export function shares(amountNano: Nano, platformSharePpm: number, about: { period?: string } = {}): Entry[] {
  const platform = divideRounded(amountNano * BigInt(platformSharePpm), PPM);
  return [
    { account: 'publisher_share', amountNano: amountNano - platform, ...about },
    { account: 'platform_share', amountNano: platform, ...about },
  ];
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_name, part: unknown) =>
    part !== null && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

interface Difference {
  readonly line: string;
  readonly quantity: bigint;
  readonly amountNano: Nano;
  readonly rated: JsonOf;
}

interface PrepaidLimit {
  readonly chargedNano: Nano;
  readonly limitNano: Nano;
}

/** What calls paid from credit were charged, and may be charged in total now. */
async function limitOf(tx: Transaction, account: LockedAccount): Promise<PrepaidLimit> {
  const { chargedNano, left } = await prepaidCredit(tx, account);
  const [now] = creditLimits(chargedNano, left, Date.now());
  return { chargedNano, limitNano: now?.limitNano ?? chargedNano };
}

/**
 * Where credit paid for something else than such calls, they may take less than gateways know; where credit that has run out paid for
 * them, more. While nothing is left, they need not know: that it has ended is told by itself.
 */
async function tellOfLimit(tx: Transaction, account: LockedAccount, before: PrepaidLimit): Promise<void> {
  const { chargedNano, limitNano } = await limitOf(tx, account);
  if (limitNano === before.limitNano || limitNano <= chargedNano) return;
  if (await hasPrepaidPlan(tx, account)) await tellGateways(tx, account);
}

/**
 * Brings the ledger to what a subscription's month is rated at: posts the difference between `lines` (to date) and what
 * was accrued before, then lets credit pay. Differences are found under the account's lock, so replays, late events and
 * two jobs at once need no key: the same lines again change nothing. Works for closed months too; the difference then
 * goes onto the next invoice as an adjustment. `transactionId` is `null` where nothing changed.
 * Throws `not_found` for an unknown account.
 */
export async function postAccrual(
  tx: Transaction,
  accrual: Accrual,
): Promise<{ transactionId: string | null; differenceNano: Nano; coveredNano: Nano }> {
  const account = await openAccount(tx, accrual.tenantId, accrual.accountId);
  const before = new Map((await accruedLines(tx, accrual)).map((line) => [line.line, line]));
  const differences: Difference[] = [];
  for (const { line, quantity, amountNano, rated } of accrual.lines) {
    const known = before.get(line);
    before.delete(line);
    const stored = asJson(rated);
    const same = known?.quantity === quantity && known.amountNano === amountNano;
    if (same && canonical(known.rated) === canonical(stored)) continue;
    differences.push({
      line,
      quantity: quantity - (known?.quantity ?? 0n),
      amountNano: amountNano - (known?.amountNano ?? 0n),
      rated: stored,
    });
  }
  for (const gone of before.values()) {
    if (gone.quantity === 0n && gone.amountNano === 0n) continue;
    const rated = asJson(gone.rated ?? {});
    differences.push({ line: gone.line, quantity: -gone.quantity, amountNano: -gone.amountNano, rated });
  }
  if (differences.length === 0) return { transactionId: null, differenceNano: 0n, coveredNano: 0n };
  const limitBefore = await limitOf(tx, account);

  const { period, occurredAt, subscriptionId } = accrual;
  const differenceNano = differences.reduce((sum, { amountNano }) => sum + amountNano, 0n);
  const transactionId = await post(tx, account, {
    kind: 'accrual',
    occurredAt,
    subscriptionId,
    entries: [
      { account: 'unbilled', amountNano: differenceNano, period },
      ...shares(-differenceNano, accrual.platformSharePpm ?? 0, { period }),
    ],
  });
  await tx.accrualLine.createMany({
    data: differences.map((difference, position) => ({
      tenantId: account.tenantId,
      transactionId,
      position,
      billingAccountId: account.id,
      subscriptionId,
      period,
      ...difference,
    })),
  });
  const { coveredNano } = await settleCredit(tx, account, occurredAt);
  await tellOfLimit(tx, account, limitBefore);
  return { transactionId, differenceNano, coveredNano };
}
