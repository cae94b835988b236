import {
  BUDGET_MODES,
  BUDGET_PERIODS,
  BUDGET_SCOPES,
  type BudgetPeriod,
  type BudgetScope,
  MAX_BUDGET_NANO,
} from '@parley/contracts/budget';
import type { Transaction } from '@parley/db/client';
import { forecast, rateSinceMs } from '@parley/domain/budgets/forecast';
import { budgetPeriod } from '@parley/domain/budgets/period';
import { parseAmount } from '@parley/kernel/money';
import { z } from 'zod';
import { iso, nameShape, optionalTimeShape, timeShape } from '../shapes.ts';
import { spentBetween } from './spent.ts';
import { subjectName } from './subject.ts';

/** A decimal amount of whole units, as nano-units. */
export const amountInput = z
  .string()
  .trim()
  .refine((text) => {
    const nano = parseAmount(text);
    return nano !== null && nano > 0n && nano <= MAX_BUDGET_NANO;
  }, 'Write an amount above 0 and up to 9,000,000, as in `250` or `0.50`.');

export const budgetFields = {
  name: nameShape,
  amount: amountInput,
  mode: z.enum(BUDGET_MODES, 'Choose whether it refuses calls or only tells.'),
  thresholds: z
    .array(z.coerce.number().int('Whole percents.').min(1, 'At least 1 %.').max(1000, 'At most 1,000 %.'))
    .max(10, 'At most ten thresholds.')
    .transform((list) => [...new Set(list)].sort((a, b) => a - b)),
  /** Upstream that alerts are delivered to as signed webhooks; `null` for none. */
  webhook: z.string().max(63).nullable(),
};

export const increaseShape = z.object({
  id: z.uuid(),
  amountNano: z.string(),
  reason: z.string(),
  endsAt: timeShape,
  state: z.enum(['requested', 'approved', 'refused', 'ended']),
  requestedBy: z.string().nullable(),
  /** Whether the person who looks asked for it: somebody else decides. */
  own: z.boolean(),
  requestedAt: timeShape,
  decidedAt: optionalTimeShape,
  note: z.string().nullable(),
});

export const budgetShape = z.object({
  id: z.uuid(),
  slug: z.string(),
  name: z.string(),
  scope: z.enum(BUDGET_SCOPES),
  subject: z.string(),
  subjectName: z.string(),
  period: z.enum(BUDGET_PERIODS),
  periodStart: optionalTimeShape,
  /** `null`: it never begins anew. */
  periodEnd: optionalTimeShape,
  mode: z.enum(BUDGET_MODES),
  currency: z.string(),
  /** Nano-units; what was asked for, and with the increases in force. */
  amountNano: z.string(),
  effectiveNano: z.string(),
  spentNano: z.string(),
  /** Never below 0. */
  leftNano: z.string(),
  thresholds: z.array(z.number().int()),
  /** Of this period. */
  alerts: z.array(z.object({ threshold: z.number().int(), at: timeShape })),
  webhook: z.string().nullable(),
  /** An estimate: a straight line through the last seven days, or the period so far. */
  forecast: z.object({ endNano: z.string().nullable(), exhaustedAt: optionalTimeShape }).nullable(),
  /** Those that wait or are in force. */
  increases: z.array(increaseShape),
  createdAt: timeShape,
});
export type BudgetView = z.input<typeof budgetShape>;

interface BudgetIncrease {
  readonly id: string;
  readonly amountNano: bigint;
  readonly reason: string;
  readonly endsAt: Date;
  readonly state: string;
  readonly requestedById: string | null;
  readonly requestedAt: Date;
  readonly decidedAt: Date | null;
  readonly note: string | null;
}

interface Budget {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly scope: string;
  readonly subject: string;
  readonly period: string;
  readonly amountNano: bigint;
  readonly currency: string;
  readonly mode: string;
  readonly thresholds: number[];
  readonly webhook: string | null;
  readonly createdAt: Date;
}

/** What a budget allows now. */
export function effectiveNano(
  amountNano: bigint,
  increases: readonly Pick<BudgetIncrease, 'state' | 'endsAt' | 'amountNano'>[],
  now: Date,
): bigint {
  return increases.reduce(
    (sum, { state, endsAt, amountNano: more }) => (state === 'approved' && endsAt > now ? sum + more : sum),
    amountNano,
  );
}

interface Reader {
  readonly tenantId: string;
  readonly timeZone: string;
  readonly userId: string | null;
  readonly now: Date;
}

/** A budget with what was spent of it. */
export async function budgetOut(
  tx: Transaction,
  row: Budget & { increases: BudgetIncrease[] },
  { tenantId, timeZone, userId, now }: Reader,
): Promise<BudgetView> {
  const scope = row.scope as BudgetScope;
  const period = row.period as BudgetPeriod;
  const { startMs, endMs } = budgetPeriod(now.getTime(), period, timeZone);
  const spender = { tenantId, scope, subject: row.subject, currency: row.currency };
  // Clocks of gateways may be ahead.
  const untilMs = Math.min(endMs, now.getTime() + 3_600_000);
  const fromMs = period === 'total' ? row.createdAt.getTime() : startMs;
  const spentNano = await spentBetween(tx, spender, fromMs, untilMs);
  const sinceMs = rateSinceMs({ nowMs: now.getTime(), startMs: fromMs });
  const recentNano = sinceMs === fromMs ? spentNano : await spentBetween(tx, spender, sinceMs, untilMs);
  const allowed = effectiveNano(row.amountNano, row.increases, now);
  const line = forecast({ nowMs: now.getTime(), startMs: fromMs, endMs, amountNano: allowed, spentNano, recentNano });
  const alerts = await tx.budgetAlert.findMany({
    where: { tenantId, budgetId: row.id, periodStart: new Date(startMs) },
    orderBy: { threshold: 'asc' },
  });
  return {
    id: row.id,
    slug: row.slug,
    name: row.name,
    scope,
    subject: row.subject,
    subjectName: await subjectName(tx, tenantId, scope, row.subject),
    period,
    periodStart: new Date(fromMs).toISOString(),
    periodEnd: period === 'total' ? null : new Date(endMs).toISOString(),
    mode: row.mode as BudgetView['mode'],
    currency: row.currency,
    amountNano: row.amountNano.toString(),
    effectiveNano: allowed.toString(),
    spentNano: spentNano.toString(),
    leftNano: (allowed > spentNano ? allowed - spentNano : 0n).toString(),
    thresholds: row.thresholds,
    alerts: alerts.map(({ threshold, at }) => ({ threshold, at: iso(at) })),
    webhook: row.webhook,
    forecast: line && {
      endNano: line.endNano?.toString() ?? null,
      exhaustedAt: line.exhaustedAtMs === null ? null : new Date(line.exhaustedAtMs).toISOString(),
    },
    increases: await increasesOut(tx, row.increases, userId, now),
    createdAt: iso(row.createdAt),
  };
}

async function increasesOut(
  tx: Transaction,
  rows: readonly BudgetIncrease[],
  userId: string | null,
  now: Date,
): Promise<BudgetView['increases']> {
  const open = rows.filter(({ state, endsAt }) => (state === 'requested' || state === 'approved') && endsAt > now);
  const people = await tx.user.findMany({
    where: { id: { in: open.flatMap(({ requestedById }) => requestedById ?? []) } },
    select: { id: true, name: true },
  });
  return open.map((row) => ({
    id: row.id,
    amountNano: row.amountNano.toString(),
    reason: row.reason,
    endsAt: iso(row.endsAt),
    state: row.state as BudgetView['increases'][number]['state'],
    requestedBy: people.find(({ id }) => id === row.requestedById)?.name ?? null,
    own: userId !== null && row.requestedById === userId,
    requestedAt: iso(row.requestedAt),
    decidedAt: iso(row.decidedAt),
    note: row.note,
  }));
}

/** One budget as it stands now. */
export async function readBudget(
  tx: Transaction,
  tenantId: string,
  id: string,
  userId: string | null,
): Promise<BudgetView> {
  const row = await tx.budget.findUniqueOrThrow({
    where: { tenantId_id: { tenantId, id } },
    include: { increases: true },
  });
  const { timezone } = await tx.tenant.findUniqueOrThrow({ where: { id: tenantId }, select: { timezone: true } });
  return budgetOut(tx, row, { tenantId, timeZone: timezone, userId, now: new Date() });
}
