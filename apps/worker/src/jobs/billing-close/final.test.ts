import { must } from '@parley/kernel/assert';
import { createApplication } from '@parley/services/applications/create';
import { closeMonths } from '@parley/services/billing/close-months';
import { createPlan } from '@parley/services/plans/create';
import { setPlanPrice } from '@parley/services/plans/set-price';
import { cancelSubscription } from '@parley/services/subscriptions/cancel';
import { changeSubscriptionPlan } from '@parley/services/subscriptions/change-plan';
import { requestSubscription } from '@parley/services/subscriptions/request';
import { resumeSubscription } from '@parley/services/subscriptions/resume';
import { suspendSubscription } from '@parley/services/subscriptions/suspend';
import { testContext } from '@parley/testkit/context';
import { publishedApi } from '@parley/testkit/published-api';
import { afterAll, expect, it } from 'vitest';
import { testWorker } from '../../../test/test-worker.ts';
import { billingAccrue } from '../billing-accrue/handle.ts';
import { billingClose } from './handle.ts';

const kit = testContext();
const worker = testWorker();
afterAll(() => Promise.all([kit.close(), worker.close()]));

const MINUTE_MS = 60_000;

/** Two applications of a customer, both on a plan with a fee. */
async function twoSubscribed() {
  const publisher = await kit.tenant('Maps');
  const customer = await kit.tenant('Shop');
  const { tenantId } = publisher;
  const api = await publishedApi(kit.db, tenantId);
  await createPlan(publisher.owner, { api: api.slug, slug: 'plus', name: 'Plus', approval: 'auto' });
  // A thousand a second, so that milliseconds of it come to a coin.
  const recurring = { amountNano: '100000000000000000' };
  await setPlanPrice(publisher.owner, { api: api.slug, plan: 'plus', pricing: { recurring } });
  const ids: string[] = [];
  for (const slug of ['one', 'two']) {
    await createApplication(customer.owner, { slug, name: slug });
    const asked = { application: slug, publisher: publisher.slug, api: api.slug, plan: 'plus' };
    ids.push((await requestSubscription(customer.owner, asked)).id);
  }
  const accrue = async () => {
    for (const subscriptionId of ids) await worker.run(billingAccrue, { subscriptionId });
  };
  await accrue();
  const account = await worker.db.within({}, (tx) => tx.billingAccount.findFirst({ where: { tenantId } }));
  const accountId = must(account, 'the account').id;
  return {
    publisher,
    customer,
    ids,
    accrue,
    close: (minutes: number) =>
      closeMonths(worker.db, new Date(Date.now() + minutes * MINUTE_MS), { tenantId, accountId }),
    closeAsOf: (asOf: string) => worker.run(billingClose, { accountId, asOf }),
    invoices: () =>
      worker.db.within({}, (tx) => tx.invoice.findMany({ where: { tenantId }, orderBy: { number: 'asc' } })),
    titles: () =>
      worker.rows<{ title: string }>(
        `SELECT payload->>'title' AS title FROM outbox_entries WHERE tenant_id = $1 AND topic = 'notify.members'
         AND payload->>'kind' = 'invoice.issued' ORDER BY created_at`,
        tenantId,
      ),
  };
}

it('a final invoice comes an hour after the last paid subscription ended, not while one runs or may be resumed', async () => {
  const { customer, publisher, ids, accrue, close, invoices, titles } = await twoSubscribed();
  const [first = '', second = ''] = ids;
  await cancelSubscription(customer.owner, { id: first });
  await accrue();
  expect(await close(61)).toBe(0);
  await suspendSubscription(publisher.owner, { id: second, reason: 'A question first.' });
  await accrue();
  expect(await close(61)).toBe(0);
  await resumeSubscription(publisher.owner, { id: second });
  await cancelSubscription(customer.owner, { id: second });
  // What is not rated yet is waited for.
  expect(await close(61)).toBe(0);
  await accrue();
  expect(await close(59)).toBe(0);
  expect(await close(61)).toBe(1);
  expect(await close(90)).toBe(0);
  const [final] = await invoices();
  expect(final).toMatchObject({ number: 1, state: 'open' });
  expect(final?.totalNano).toBeGreaterThan(0n);
  expect((await titles())[0]?.title).toMatch(/^Maps has sent the final invoice INV-00001 for /);
});

it('an account that goes back to a free plan gets a final invoice too; who comes back is invoiced with the month after', async () => {
  const { customer, ids, accrue, close, closeAsOf, invoices } = await twoSubscribed();
  for (const id of ids) await changeSubscriptionPlan(customer.owner, { id, plan: 'free' });
  await accrue();
  expect(await close(61)).toBe(1);
  await changeSubscriptionPlan(customer.owner, { id: ids[0] ?? '', plan: 'plus' });
  await accrue();
  expect(await close(61)).toBe(0);
  // Two months on: past the end of the month after this one, whatever the day.
  const later = new Date();
  later.setUTCMonth(later.getUTCMonth() + 2, 5);
  await closeAsOf(later.toISOString());
  const [final, next] = await invoices();
  expect(next?.period).not.toBe(final?.period);
  expect(next?.lines).toMatchObject(expect.arrayContaining([expect.objectContaining({ period: final?.period })]));
});
