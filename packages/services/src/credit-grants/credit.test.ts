import { newId } from '@parley/kernel/id';
import { testContext } from '@parley/testkit/context';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApplication } from '../applications/create.ts';
import { postAccrual } from '../billing/post-accrual.ts';
import { getBillingAccount } from '../billing-accounts/get.ts';
import { readLedger } from '../billing-accounts/ledger.ts';
import { listBillingAccounts } from '../billing-accounts/list.ts';
import { mineBillingAccounts } from '../billing-accounts/mine.ts';
import type { Context } from '../context.ts';
import { requestSubscription } from '../subscriptions/request.ts';
import { announced, faultOf, withPromptApi } from '../test/publisher.ts';
import { giveCredit } from './give.ts';
import { listCreditGrants } from './list.ts';
import { voidCredit } from './void.ts';

const kit = testContext();
afterAll(() => kit.close());

type Tenant = Awaited<ReturnType<typeof kit.tenant>>;
let publisher: Tenant;
let customer: Tenant;
let applicationId: string;

beforeAll(async () => {
  publisher = await kit.tenant('Maps');
  customer = await kit.tenant('Shop Ltd');
  await withPromptApi(publisher.owner);
  applicationId = (await createApplication(customer.owner, { slug: 'shop', name: 'Shop' })).id;
  const wanted = { application: 'shop', publisher: publisher.slug, api: 'greet', plan: 'free' };
  await requestSubscription(customer.owner, wanted);
});

const accrue = (accountId: string, amountNano: bigint) =>
  kit.db.within({ tenantId: publisher.tenantId }, (tx) =>
    postAccrual(tx, {
      tenantId: publisher.tenantId,
      accountId,
      subscriptionId: newId(),
      period: '2026-11',
      lines: [{ line: 'requests', quantity: 1n, amountNano, rated: {} }],
      occurredAt: new Date(),
    }),
  );

describe('credit', () => {
  it('is given once under a key, told to the gateways, audited, and seen alike by both sides', async () => {
    const asked = { customer: customer.slug, amount: '25', note: 'Welcome', key: 'welcome' };
    const given = await giveCredit(publisher.owner, asked);
    expect(given).toMatchObject({ kind: 'promotional', amount: '25', remaining: '25', priority: 50, ended: null });
    expect((await giveCredit(publisher.owner, asked)).id).toBe(given.id);
    expect((await faultOf(giveCredit(publisher.owner, { ...asked, amount: '26' }))).code).toBe('conflict');
    const told = (await announced(publisher)).filter(({ topic }) => topic === 'snapshot.application');
    expect(told).toEqual([{ topic: 'snapshot.application', payload: { tenantId: customer.tenantId, applicationId } }]);

    await accrue(given.accountId, 10_500_000_000n);
    const account = { account: given.accountId };
    const theirs = await getBillingAccount(publisher.owner, account);
    expect(theirs).toMatchObject({ credit: '14.5', unbilled: '0', due: '0', standing: 'good', currency: 'USD' });
    expect(theirs.customer).toEqual({ slug: customer.slug, name: 'Shop Ltd' });
    expect(await getBillingAccount(customer.owner, account)).toEqual(theirs);
    expect((await listBillingAccounts(publisher.owner, {})).items).toEqual([theirs]);
    expect((await mineBillingAccounts(customer.owner, {})).items).toEqual([theirs]);
    expect((await listBillingAccounts(customer.owner, {})).items).toEqual([]);
    const [grant] = (await listCreditGrants(customer.owner, account)).items;
    expect(grant).toMatchObject({ id: given.id, remaining: '14.5', note: 'Welcome' });
  });

  it('pays at once for what is unbilled; the ledger pages, and hides the publisher’s side from the customer', async () => {
    const { items } = await listBillingAccounts(publisher.owner, {});
    const account = { account: items[0]?.id ?? '' };
    await accrue(account.account, 20_000_000_000n);
    expect(await getBillingAccount(customer.owner, account)).toMatchObject({ credit: '0', unbilled: '5.5' });
    await giveCredit(publisher.owner, { customer: customer.slug, amount: '6', kind: 'purchased' });
    expect(await getBillingAccount(customer.owner, account)).toMatchObject({ credit: '0.5', unbilled: '0' });

    const all = (await readLedger(publisher.owner, account)).items;
    expect(all.map(({ kind }) => kind)).toEqual(['draw', 'grant', 'draw', 'accrual', 'draw', 'accrual', 'grant']);
    const first = await readLedger(publisher.owner, { ...account, limit: 4 });
    const rest = await readLedger(publisher.owner, { ...account, limit: 4, cursor: first.nextCursor ?? '' });
    expect([...first.items, ...rest.items]).toEqual(all);
    expect(rest.nextCursor).toBeNull();
    const seen = (await readLedger(customer.owner, account)).items;
    expect(seen.map(({ id }) => id)).toEqual(all.map(({ id }) => id));
    const names = new Set(seen.flatMap(({ entries }) => entries.map((entry) => entry.account)));
    expect([...names].sort()).toEqual(['cash', 'credit_promotional', 'credit_purchased', 'unbilled']);
  });

  it('is taken back by its publisher alone, once; what was paid for it is owed back', async () => {
    const given = await giveCredit(publisher.owner, { customer: customer.slug, amount: '3', kind: 'purchased' });
    const it = { account: given.accountId, grant: given.id };
    expect((await faultOf(voidCredit(customer.owner, it))).code).toBe('not_found');
    const ended = await voidCredit(publisher.owner, { ...it, reason: 'Ordered by mistake' });
    expect(ended).toMatchObject({ remaining: '0', ended: { how: 'voided', left: '3' } });
    expect(await voidCredit(publisher.owner, it)).toEqual(ended);
    expect((await getBillingAccount(customer.owner, { account: given.accountId })).owedBack).toBe('3');
  });

  it('needs a customer, more than nothing, a time to come, and the permission', async () => {
    const give = (context: Context, input: object) =>
      faultOf(giveCredit(context, { customer: customer.slug, amount: '1', ...input }));
    const stranger = await kit.tenant();
    expect((await give(publisher.owner, { customer: stranger.slug })).code).toBe('not_found');
    expect((await give(publisher.owner, { amount: '0.0' })).issues[0]?.path).toBe('amount');
    expect((await give(publisher.owner, { amount: '1e3' })).issues[0]?.path).toBe('amount');
    expect((await give(publisher.owner, { expiresAt: '2020-01-01T00:00:00Z' })).issues[0]?.path).toBe('expiresAt');
    expect((await give(await publisher.as('publisher'), {})).code).toBe('forbidden');
    const { items } = await listBillingAccounts(await publisher.as('viewer'), {});
    expect((await faultOf(getBillingAccount(stranger.owner, { account: items[0]?.id ?? '' }))).code).toBe('not_found');
  });
});
