import { createHash } from 'node:crypto';
import type { LedgerAccount, LedgerKind } from '@parley/contracts/ledger';
import type { Transaction } from '@parley/db/client';
import { type LockedAccount, lockAccount, nextSequence } from '@parley/db/repositories/ledger';
import { Fault } from '@parley/kernel/fault';
import { newId } from '@parley/kernel/id';
import type { Nano } from '@parley/kernel/money';

export interface Entry {
  readonly account: LedgerAccount;
  /** Nano-units: a debit is positive, a credit negative. Entries of nothing are left out. */
  readonly amountNano: Nano;
  readonly grantId?: string;
  readonly invoiceId?: string;
  /** Month of the publisher that it is about, `2026-11`; `unbilled` always has one. */
  readonly period?: string;
}

export interface Posting {
  readonly kind: LedgerKind;
  /** Unique in the tenant; without one the transaction's place in the account's order is its key. */
  readonly key?: string;
  /** What was asked, to tell a repeat from another request under the same key. */
  readonly request?: unknown;
  readonly occurredAt: Date;
  readonly entries: readonly Entry[];
  readonly subscriptionId?: string;
  readonly correctsId?: string;
  readonly note?: string;
}

/** Opens an account for posting, its row locked until the transaction ends. Throws `not_found`. */
export async function openAccount(tx: Transaction, tenantId: string, accountId: string): Promise<LockedAccount> {
  const account = await lockAccount(tx, tenantId, accountId);
  if (!account) throw new Fault('not_found', 'There is no such billing account.');
  return account;
}

function hashOf(request: unknown): string {
  const text = JSON.stringify(request ?? null, (_name, value: unknown) =>
    typeof value === 'bigint' ? value.toString() : value,
  );
  return createHash('sha256').update(text).digest('base64url');
}

export interface Posted {
  readonly id: string;
  readonly entries: readonly {
    account: string;
    amountNano: Nano;
    grantId: string | null;
    invoiceId: string | null;
  }[];
}

/**
 * The transaction that was posted under a key, or `null`. To be asked under the account's lock. Throws `conflict` where
 * the key was used for something else.
 */
export async function findPosted(
  tx: Transaction,
  asked: { readonly tenantId: string; readonly key: string; readonly request: unknown },
): Promise<Posted | null> {
  const row = await tx.ledgerTransaction.findUnique({
    where: { tenantId_key: { tenantId: asked.tenantId, key: asked.key } },
    select: {
      id: true,
      requestHash: true,
      entries: { select: { account: true, amountNano: true, grantId: true, invoiceId: true } },
    },
  });
  if (!row) return null;
  if (row.requestHash !== hashOf(asked.request)) {
    throw new Fault('conflict', 'This key was used for another posting. Choose a new one.');
  }
  return row;
}

/**
 * Appends one transaction to a locked account's ledger and returns its id. The database refuses it where entries do not
 * sum to zero (at commit) or a balance would become what it may not be (at once).
 */
export async function post(tx: Transaction, account: LockedAccount, posting: Posting): Promise<string> {
  const sequence = await nextSequence(tx, account);
  const id = newId();
  const { tenantId } = account;
  await tx.ledgerTransaction.create({
    data: {
      tenantId,
      id,
      billingAccountId: account.id,
      sequence,
      kind: posting.kind,
      key: posting.key ?? `${posting.kind}:${account.id}:${sequence}`,
      requestHash: hashOf(posting.request),
      subscriptionId: posting.subscriptionId ?? null,
      correctsId: posting.correctsId ?? null,
      occurredAt: posting.occurredAt,
      note: posting.note ?? '',
    },
    select: { id: true },
  });
  await tx.ledgerEntry.createMany({
    data: posting.entries
      .filter((entry) => entry.amountNano !== 0n)
      .map((entry, position) => ({
        tenantId,
        transactionId: id,
        position,
        billingAccountId: account.id,
        account: entry.account,
        grantId: entry.grantId ?? null,
        invoiceId: entry.invoiceId ?? null,
        period: entry.period ?? null,
        currency: account.currency,
        amountNano: entry.amountNano,
      })),
  });
  return id;
}
