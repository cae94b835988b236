import { createHash } from 'node:crypto';
import type { Transaction } from '@parley/db/client';
import {
  STATEMENT_LINES,
  type StatementDocument,
  statementText,
  statementTies,
} from '@parley/domain/statements/document';
import type { StatementNames } from '@parley/domain/statements/words';
import { formatAmount } from '@parley/kernel/money';
import { z } from 'zod';
import { timeShape } from '../shapes.ts';
import { namesOf } from '../usage/names.ts';

const amount = z.string();

/** A publisher's month. Amounts are decimal strings of whole units of its currency; above zero is for the publisher. */
export const statementShape = z.object({
  month: z.string(),
  currency: z.string(),
  /** Bookings before this moment are in it. */
  until: timeShape,
  /** The month is over; nothing in it changes any more. */
  final: z.boolean(),
  opening: amount,
  lines: z.array(
    z.object({
      kind: z.enum(STATEMENT_LINES),
      /** Of what was charged: when it was used; a month before this one was rated late. */
      usedIn: z.string().nullable(),
      api: z.string().nullable(),
      plan: z.string().nullable(),
      amount,
    }),
  ),
  closing: amount,
  /** Where the closing balance stands, owed to others below zero; sums to it. */
  standing: z.object({
    unbilled: amount,
    receivable: amount,
    cash: amount,
    credit: amount,
    owedBack: amount,
    platformShare: amount,
    tax: amount,
  }),
  /** Opening balance and lines give the balance that the ledger keeps, and so does where it stands. */
  ties: z.boolean(),
  /** SHA-256 of the figures: the same month gives the same for ever. */
  hash: z.string(),
});

export function hashOfStatement(document: StatementDocument): string {
  return createHash('sha256').update(statementText(document)).digest('hex');
}

/** What the publisher and the APIs and plans on its lines are called now. */
export async function namesOfStatement(
  tx: Transaction,
  tenantId: string,
  { lines }: StatementDocument,
): Promise<StatementNames> {
  const { name } = await tx.tenant.findUniqueOrThrow({ where: { id: tenantId }, select: { name: true } });
  const apis = await namesOf(
    tx,
    'api',
    lines.map(({ apiId }) => apiId),
  );
  const plans = await namesOf(
    tx,
    'plan',
    lines.map(({ planId }) => planId),
  );
  const named = [...apis.values(), ...plans.values()];
  return { publisher: name, called: new Map(named.map((one) => [one.id, one.name ?? one.id])) };
}

export function statementOut(document: StatementDocument, { called }: StatementNames): z.input<typeof statementShape> {
  const { standing } = document;
  const nameOf = (id: string | null): string | null => (id === null ? null : (called.get(id) ?? id));
  return {
    month: document.month,
    currency: document.currency,
    until: document.until,
    final: document.final,
    opening: formatAmount(document.openingNano),
    lines: document.lines.map(({ kind, usedIn, apiId, planId, amountNano }) => ({
      kind,
      usedIn,
      api: nameOf(apiId),
      plan: nameOf(planId),
      amount: formatAmount(amountNano),
    })),
    closing: formatAmount(document.closingNano),
    standing: {
      unbilled: formatAmount(standing.unbilledNano),
      receivable: formatAmount(standing.receivableNano),
      cash: formatAmount(standing.cashNano),
      credit: formatAmount(standing.creditNano),
      owedBack: formatAmount(standing.owedBackNano),
      platformShare: formatAmount(standing.platformShareNano),
      tax: formatAmount(standing.taxNano),
    },
    ties: statementTies(document),
    hash: hashOfStatement(document),
  };
}
