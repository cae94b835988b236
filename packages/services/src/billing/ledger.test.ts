import { newId } from '@parley/kernel/id';
import { testContext } from '@parley/testkit/context';
import { afterAll, describe, expect, it } from 'vitest';
import { createApplication } from '../applications/create.ts';
import { LEDGER_CHECKS } from '../standing-checks/ledger-checks.ts';
import { requestSubscription } from '../subscriptions/request.ts';
import { updateTenant } from '../tenants/update.ts';
import { faultOf, withPromptApi } from '../test/publisher.ts';
import { rowsFound } from '../test/rows-found.ts';
import { expireGrant, voidGrant } from './end-grant.ts';
import { ensureAccount } from './ensure-account.ts';
import { grantCredit } from './grant-credit.ts';
import { moveStanding } from './move-standing.ts';
import { openAccount, post } from './post.ts';
import { postAccrual } from './post-accrual.ts';
import { recordPayment } from './record-payment.ts';
import { refund } from './refund.ts';

const kit = testContext();
afterAll(() => kit.close());

async function newAccount() {
  const { tenantId, owner } = await kit.tenant();
  const consumerTenantId = newId();
  const account = await kit.db.within({ tenantId }, (tx) => ensureAccount(tx, { tenantId, consumerTenantId }));
  const within = <T>(work: Parameters<typeof kit.db.within<T>>[1]): Promise<T> => kit.db.within({ tenantId }, work);
  const balances = (): Promise<Record<string, bigint>> =>
    within(async (tx) => {
      const rows = await tx.ledgerBalance.findMany({ where: { tenantId, amountNano: { not: 0n } } });
      const sums: Record<string, bigint> = {};
      for (const row of rows) sums[row.account] = (sums[row.account] ?? 0n) + row.amountNano;
      return sums;
    });
  return { tenantId, owner, consumerTenantId, accountId: account.id, within, balances };
}

const line = (amountNano: bigint, quantity = 1n, rated = {}) => ({ line: 'requests', quantity, amountNano, rated });

describe('an account', () => {
  it('is made once for each publisher and customer, also by two at once', async () => {
    const { tenantId, consumerTenantId, accountId, within } = await newAccount();
    const again = await Promise.all(
      Array.from({ length: 4 }, () => within((tx) => ensureAccount(tx, { tenantId, consumerTenantId }))),
    );
    expect(again.map(({ id }) => id)).toEqual([accountId, accountId, accountId, accountId]);
    const other = newId();
    const made = await Promise.all(
      Array.from({ length: 4 }, () => within((tx) => ensureAccount(tx, { tenantId, consumerTenantId: other }))),
    );
    expect(new Set(made.map(({ id }) => id)).size).toBe(1);
  });

  it('is made from the customer’s side only with a subscription there, and never with another standing', async () => {
    const publisher = await kit.tenant();
    const customer = await kit.tenant();
    await withPromptApi(publisher.owner);
    const pair = { tenantId: publisher.tenantId, consumerTenantId: customer.tenantId };
    const make = () => kit.db.within({ tenantId: customer.tenantId }, (tx) => ensureAccount(tx, pair));
    await expect(make()).rejects.toThrow();
    await createApplication(customer.owner, { slug: 'shop', name: 'Shop' });
    await requestSubscription(customer.owner, {
      application: 'shop',
      publisher: publisher.slug,
      api: 'greet',
      plan: 'free',
    });
    const { id } = await make();
    const raise = kit.db.within({ tenantId: customer.tenantId }, (tx) =>
      tx.billingAccount.updateMany({ where: { id }, data: { standingReason: 'mine' } }),
    );
    expect(await raise).toEqual({ count: 0 });
  });

  it('keeps the publisher’s currency, which then cannot change', async () => {
    const { owner } = await newAccount();
    expect((await faultOf(updateTenant(owner, { currency: 'EUR' }))).issues[0]?.path).toBe('currency');
    await updateTenant(owner, { name: 'Another name', currency: 'USD' });
  });

  it('moves its standing only as the table says, in the code and in the database', async () => {
    const { tenantId, accountId, within } = await newAccount();
    const move = (to: 'warn' | 'restrict' | 'suspend' | 'restore') =>
      within((tx) => moveStanding(tx, { tenantId, accountId, move: to, reason: 'test' }));
    expect((await faultOf(move('restrict'))).code).toBe('invalid_state');
    expect(await move('restore')).toEqual({ standing: 'good', moved: false });
    expect(await move('warn')).toEqual({ standing: 'grace', moved: true });
    expect(await move('warn')).toEqual({ standing: 'grace', moved: false });
    expect(await move('restrict')).toEqual({ standing: 'restricted', moved: true });
    const back = within((tx) => tx.billingAccount.updateMany({ where: { tenantId }, data: { standing: 'grace' } }));
    await expect(back).rejects.toThrow(/cannot move from restricted to grace/);
    expect(await move('suspend')).toEqual({ standing: 'suspended', moved: true });
    expect(await move('restore')).toEqual({ standing: 'good', moved: true });
  });
});

describe('the database itself', () => {
  it('refuses a transaction that does not sum to zero, one without entries, and entries that come later', async () => {
    const { tenantId, accountId, within } = await newAccount();
    const posting = (entries: Parameters<typeof post>[2]['entries'], kind: 'payment' | 'accrual' = 'payment') =>
      within(async (tx) =>
        post(tx, await openAccount(tx, tenantId, accountId), { kind, occurredAt: new Date(), entries }),
      );
    await expect(
      posting([
        { account: 'cash', amountNano: 5n },
        { account: 'tax', amountNano: -4n },
      ]),
    ).rejects.toThrow(/does not sum to zero/);
    await expect(posting([])).rejects.toThrow(/has 0 entries/);
    const transactionId = await posting([
      { account: 'cash', amountNano: 5n },
      { account: 'tax', amountNano: -5n },
    ]);
    const late = within((tx) =>
      tx.ledgerEntry.create({
        data: {
          tenantId,
          transactionId,
          position: 9,
          billingAccountId: accountId,
          account: 'cash',
          currency: 'USD',
          amountNano: 1n,
        },
      }),
    );
    await expect(late).rejects.toThrow(/booked with its transaction/);
  });

  it('refuses to change or remove what was booked, and balances that may not be below zero', async () => {
    const { tenantId, accountId, within, balances } = await newAccount();
    const { grantId } = await within((tx) =>
      grantCredit(tx, { tenantId, accountId, key: 'a', kind: 'purchased', amountNano: 10n }),
    );
    const where = { tenantId };
    await expect(within((tx) => tx.ledgerEntry.updateMany({ where, data: { amountNano: 1n } }))).rejects.toThrow(
      /denied/,
    );
    await expect(within((tx) => tx.ledgerTransaction.deleteMany({ where }))).rejects.toThrow(/denied/);
    await expect(within((tx) => tx.creditGrant.updateMany({ where, data: { amountNano: 99n } }))).rejects.toThrow(
      /voided/,
    );
    const overdraw = within(async (tx) =>
      post(tx, await openAccount(tx, tenantId, accountId), {
        kind: 'draw',
        occurredAt: new Date(),
        entries: [
          { account: 'credit_purchased', amountNano: 11n, grantId },
          { account: 'unbilled', amountNano: -11n, period: '2026-11' },
        ],
      }),
    );
    await expect(overdraw).rejects.toThrow(/no_overdraft/);
    const payOut = within((tx) =>
      refund(tx, { tenantId, accountId, key: 'r', of: 'owed', to: 'cash', amountNano: 1n }),
    );
    await expect(payOut).rejects.toThrow(/no_overdraft/);
    expect(await balances()).toEqual({ cash: 10n, credit_purchased: -10n });
  });
});

describe('accrual', () => {
  it('posts differences, shares them, draws credit, gives it back, and changes nothing for the same lines', async () => {
    const { tenantId, accountId, within, balances } = await newAccount();
    const subscriptionId = newId();
    const accrue = (lines: ReturnType<typeof line>[]) =>
      within((tx) =>
        postAccrual(tx, {
          tenantId,
          accountId,
          subscriptionId,
          period: '2026-11',
          lines,
          occurredAt: new Date(),
          platformSharePpm: 100_000,
        }),
      );
    await within((tx) => grantCredit(tx, { tenantId, accountId, key: 'g', kind: 'promotional', amountNano: 60n }));
    expect(await accrue([line(0n, 500n)])).toMatchObject({ differenceNano: 0n, coveredNano: 0n });
    expect(await accrue([line(100n, 600n)])).toMatchObject({ differenceNano: 100n, coveredNano: 60n });
    expect(await balances()).toEqual({ promotion: 60n, unbilled: 40n, publisher_share: -90n, platform_share: -10n });
    expect(await accrue([line(100n, 600n)])).toEqual({ transactionId: null, differenceNano: 0n, coveredNano: 0n });
    expect(await accrue([line(30n, 550n)])).toMatchObject({ differenceNano: -70n, coveredNano: -30n });
    expect(await balances()).toEqual({
      promotion: 60n,
      credit_promotional: -30n,
      publisher_share: -27n,
      platform_share: -3n,
    });
    expect(await accrue([])).toMatchObject({ differenceNano: -30n, coveredNano: -30n });
    expect(await accrue([])).toMatchObject({ transactionId: null });
    expect(await balances()).toEqual({ promotion: 60n, credit_promotional: -60n });
  });

  it('is posted once by two jobs at once', async () => {
    const { tenantId, accountId, within, balances } = await newAccount();
    const subscriptionId = newId();
    const lines = [line(100n)];
    const results = await Promise.all(
      Array.from({ length: 4 }, () =>
        within((tx) =>
          postAccrual(tx, { tenantId, accountId, subscriptionId, period: '2026-11', lines, occurredAt: new Date() }),
        ),
      ),
    );
    expect(results.filter(({ transactionId }) => transactionId !== null)).toHaveLength(1);
    expect(await balances()).toEqual({ unbilled: 100n, publisher_share: -100n });
  });
});

describe('credit and payments', () => {
  it('end once: the rest of bought credit is earned when it runs out and owed back when it is voided', async () => {
    const { tenantId, accountId, within, balances } = await newAccount();
    const ends = new Date(Date.now() + 60_000);
    const give = (key: string, kind: 'promotional' | 'purchased') =>
      within((tx) => grantCredit(tx, { tenantId, accountId, key, kind, amountNano: 10n, expiresAt: ends }));
    const [one, two, three] = [
      await give('1', 'purchased'),
      await give('2', 'purchased'),
      await give('3', 'promotional'),
    ];
    expect(await give('1', 'purchased')).toEqual({ ...one, repeated: true });
    expect((await faultOf(give('1', 'promotional'))).code).toBe('conflict');
    const expire = (grantId: string, at: Date) => within((tx) => expireGrant(tx, { tenantId, grantId, at }));
    expect((await faultOf(expire(one.grantId, new Date()))).code).toBe('invalid_state');
    expect(await expire(one.grantId, ends)).toEqual({ grantId: one.grantId, endedNano: 10n, repeated: false });
    expect(await expire(one.grantId, ends)).toEqual({ grantId: one.grantId, endedNano: 10n, repeated: true });
    const take = (grantId: string) => within((tx) => voidGrant(tx, { tenantId, grantId }));
    expect((await faultOf(take(one.grantId))).code).toBe('invalid_state');
    expect((await take(two.grantId)).endedNano).toBe(10n);
    expect((await take(three.grantId)).endedNano).toBe(10n);
    expect(await balances()).toEqual({ cash: 20n, breakage: -10n, refund: -10n });
    const pay = () =>
      within((tx) => refund(tx, { tenantId, accountId, key: 'out', of: 'owed', to: 'cash', amountNano: 10n }));
    const first = await pay();
    expect(await pay()).toEqual({ ...first, repeated: true });
    expect(await balances()).toEqual({ cash: 10n, breakage: -10n });
  });

  it('pays invoices the oldest first, keeps what is too much as owed back, and answers a repeat alike', async () => {
    const { tenantId, accountId, within, balances } = await newAccount();
    const [older, newer] = [newId(), newId()];
    await within(async (tx) => {
      const account = await openAccount(tx, tenantId, accountId);
      for (const invoiceId of [newer, older]) {
        await post(tx, account, {
          kind: 'invoice',
          occurredAt: new Date(),
          entries: [
            { account: 'receivable', amountNano: 30n, invoiceId },
            { account: 'unbilled', amountNano: -30n, period: '2026-10' },
          ],
        });
      }
    });
    const pay = (key: string, amountNano: bigint, invoiceId?: string) =>
      within((tx) => recordPayment(tx, { tenantId, accountId, key, amountNano, ...(invoiceId ? { invoiceId } : {}) }));
    const first = await pay('p1', 40n);
    expect(first.applied).toEqual([
      { invoiceId: older, amountNano: 30n },
      { invoiceId: newer, amountNano: 10n },
    ]);
    expect(await pay('p1', 40n)).toEqual({ ...first, repeated: true });
    expect((await faultOf(pay('p1', 41n))).code).toBe('conflict');
    expect(await pay('p2', 25n, newer)).toMatchObject({
      applied: [{ invoiceId: newer, amountNano: 20n }],
      excessNano: 5n,
    });
    const note = within((tx) =>
      refund(tx, {
        tenantId,
        accountId,
        key: 'n',
        of: 'revenue',
        to: 'owed',
        amountNano: 8n,
        taxNano: 2n,
        platformSharePpm: 250_000,
      }),
    );
    expect((await note).repeated).toBe(false);
    expect(await balances()).toEqual({
      unbilled: -60n,
      cash: 65n,
      refund: -15n,
      publisher_share: 6n,
      platform_share: 2n,
      tax: 2n,
    });
    expect(await within((tx) => rowsFound(tx, LEDGER_CHECKS))).toEqual([]);
  });
});

it('another tenant sees none of it; the customer sees its side, not how revenue is shared', async () => {
  const { tenantId } = await kit.tenant();
  const customer = await kit.tenant();
  const stranger = await kit.tenant();
  await kit.db.within({ tenantId }, async (tx) => {
    const { id: accountId } = await ensureAccount(tx, { tenantId, consumerTenantId: customer.tenantId });
    await grantCredit(tx, { tenantId, accountId, key: 'g', kind: 'promotional', amountNano: 5n });
    await postAccrual(tx, {
      tenantId,
      accountId,
      subscriptionId: newId(),
      period: '2026-11',
      lines: [line(9n)],
      occurredAt: new Date(),
    });
  });
  const seen = (viewer: string) =>
    kit.db.within({ tenantId: viewer }, async (tx) => ({
      accounts: await tx.billingAccount.count(),
      grants: await tx.creditGrant.count(),
      lines: await tx.accrualLine.count(),
      entries: [...new Set((await tx.ledgerEntry.findMany()).map(({ account }) => account))].sort(),
    }));
  expect(await seen(stranger.tenantId)).toEqual({ accounts: 0, grants: 0, lines: 0, entries: [] });
  expect(await seen(customer.tenantId)).toEqual({
    accounts: 1,
    grants: 1,
    lines: 1,
    entries: ['credit_promotional', 'unbilled'],
  });
});
