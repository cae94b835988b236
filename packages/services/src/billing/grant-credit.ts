import type { CreditKind } from '@parley/contracts/ledger';
import type { Transaction } from '@parley/db/client';
import { must } from '@parley/kernel/assert';
import { Fault } from '@parley/kernel/fault';
import { newId } from '@parley/kernel/id';
import type { Nano } from '@parley/kernel/money';
import { findPosted, openAccount, post } from './post.ts';
import { settleCredit } from './settle-credit.ts';
import { tellGateways } from './tell-gateways.ts';

export interface Credit {
  readonly tenantId: string;
  readonly accountId: string;
  /** Names the operation for ever: `topup:<checkout session>`, an Idempotency-Key. */
  readonly key: string;
  /** `purchased` is paid for: it debits cash. `promotional` debits the publisher's promotion expense. */
  readonly kind: CreditKind;
  /** Nano-units of the account's currency, above zero. */
  readonly amountNano: Nano;
  /** 0 to 100; lower is spent first; 50 when not given. */
  readonly priority?: number;
  /** Pays for nothing that happens from then on; `null` or absent: never ends. */
  readonly expiresAt?: Date | null;
  readonly note?: string;
  readonly createdById?: string | null;
  readonly occurredAt?: Date;
}

/**
 * Gives credit, which at once pays what is unbilled on the account, and tells gateways. Top-ups that were paid come through
 * here as `purchased`. A repeat under the same key returns the first grant and posts nothing (`repeated`). Throws
 * `not_found` (account), `conflict` (key used for another credit), `invalid_input` (amount, end).
 */
export async function grantCredit(
  tx: Transaction,
  credit: Credit,
): Promise<{ grantId: string; transactionId: string; repeated: boolean }> {
  const { tenantId, key, kind, amountNano, priority = 50, note = '' } = credit;
  const occurredAt = credit.occurredAt ?? new Date();
  const account = await openAccount(tx, tenantId, credit.accountId);
  const expiresAt = credit.expiresAt ?? null;
  const request = { account: account.id, kind, amountNano, priority, expiresAt: expiresAt?.toISOString() ?? null };
  const known = await findPosted(tx, { tenantId, key, request });
  if (known) {
    const grantId = must(known.entries.find((entry) => entry.grantId !== null)?.grantId, 'the grant posted before');
    return { grantId, transactionId: known.id, repeated: true };
  }
  if (amountNano <= 0n) {
    throw new Fault('invalid_input', 'Credit is more than nothing.', [{ path: 'amount', message: 'More than 0.' }]);
  }
  if (expiresAt && expiresAt <= occurredAt) {
    throw new Fault('invalid_input', 'The end lies in the past.', [
      { path: 'expiresAt', message: 'Choose a later time.' },
    ]);
  }
  const grantId = newId();
  await tx.creditGrant.create({
    data: {
      tenantId,
      id: grantId,
      billingAccountId: account.id,
      kind,
      currency: account.currency,
      amountNano,
      priority,
      expiresAt,
      note,
      createdById: credit.createdById ?? null,
      // after the lock: ages are in the account's serial order
      createdAt: new Date(),
    },
    select: { id: true },
  });
  const bought = kind === 'purchased';
  const transactionId = await post(tx, account, {
    kind: 'grant',
    key,
    request,
    occurredAt,
    note,
    entries: [
      { account: bought ? 'cash' : 'promotion', amountNano },
      { account: bought ? 'credit_purchased' : 'credit_promotional', amountNano: -amountNano, grantId },
    ],
  });
  await settleCredit(tx, account, occurredAt);
  await tellGateways(tx, account);
  return { grantId, transactionId, repeated: false };
}
