import { redisKeys } from '@parley/contracts/redis-keys';
import { newId } from '@parley/kernel/id';
import { createBudget } from '@parley/services/budgets/create';
import { decideBudgetIncrease } from '@parley/services/budgets/decide-increase';
import { requestBudgetIncrease } from '@parley/services/budgets/request-increase';
import { createUpstream } from '@parley/services/upstreams/create';
import { testContext } from '@parley/testkit/context';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { testWorker } from '../../../test/test-worker.ts';
import { usageEvent } from '../../../test/usage-events.ts';
import { compileAndPublish } from '../../snapshots/compile.ts';
import { usageIngest } from '../usage-ingest/handle.ts';
import { budgetEvaluate } from './handle.ts';

const kit = testContext();
const worker = testWorker();
// Counters are whole: nothing waits to be restored.
beforeAll(() => worker.redis.set(redisKeys.limitEpoch, JSON.stringify({ id: newId(), cutoffMs: 0 }), 'NX'));
afterAll(() => Promise.all([kit.close(), worker.close()]));

const evaluate = (atMs = Date.now()) =>
  worker.run(budgetEvaluate, {}, { ports: { ...worker, clock: { nowMs: () => atMs } } });
const spend = (tenantId: string, ...nanos: string[]) =>
  worker.run(usageIngest, { segmentId: newId(), events: nanos.map((costNano) => usageEvent({ tenantId, costNano })) });
const notices = async (tenantId: string) =>
  (
    await worker.rows<{ payload: { kind: string; title: string; body: string } }>(
      `SELECT payload FROM outbox_entries WHERE tenant_id = $1 AND topic = 'notify.members' ORDER BY 1`,
      tenantId,
    )
  ).map(({ payload }) => payload);
const counter = (tenantId: string, id: string) => worker.redis.hget(redisKeys.budgetCounter(tenantId, id), 'u');

it('tells of a threshold once for each period, however often it looks, and delivers it as an event', async () => {
  const { owner, tenantId } = await kit.tenant();
  await createUpstream(owner, { slug: 'alerts', name: 'Alerts', baseUrl: 'http://127.0.0.1:9/alerts' });
  const budget = await createBudget(owner, {
    slug: 'all',
    name: 'All',
    amount: '1',
    thresholds: [50, 80, 100],
    webhook: 'alerts',
  });
  await spend(tenantId, '400000000');
  await evaluate();
  expect(await notices(tenantId)).toEqual([]);
  await spend(tenantId, '450000000');
  await Promise.all([evaluate(), evaluate()]);
  await evaluate();
  const first = await notices(tenantId);
  expect(first.map(({ title }) => title)).toEqual(['The budget “All” has passed 80 %']);
  expect(first[0]?.body).toContain('0.85 USD of 1 USD spent.');
  await spend(tenantId, '200000000');
  await evaluate();
  expect((await notices(tenantId)).map(({ title }) => title).sort()).toEqual([
    'The budget “All” has passed 100 %',
    'The budget “All” has passed 80 %',
  ]);
  const alerts = await worker.rows('SELECT threshold FROM budget_alerts WHERE tenant_id = $1 ORDER BY 1', tenantId);
  expect(alerts).toEqual([{ threshold: 50 }, { threshold: 80 }, { threshold: 100 }]);
  const delivered = await worker.rows(`SELECT upstream_slug FROM webhook_deliveries WHERE tenant_id = $1`, tenantId);
  expect(delivered).toEqual([{ upstream_slug: 'alerts' }, { upstream_slug: 'alerts' }]);
  expect(budget.mode).toBe('soft');
  expect(await counter(tenantId, budget.id)).toBeNull();
});

it('tells the counter of a hard budget what was spent before gateways learn of it, and again when Redis has lost it', async () => {
  const { owner, tenantId } = await kit.tenant();
  await spend(tenantId, '300', '50');
  const { id } = await createBudget(owner, { slug: 'hard', name: 'Hard', amount: '1', mode: 'hard', thresholds: [] });
  await compileAndPublish(worker, 'tenant', tenantId);
  const published = JSON.parse((await worker.redis.get(redisKeys.tenantSnapshot(tenantId))) ?? '{}');
  expect(published.budgets).toMatchObject([{ id, amountNano: '1000000000', scope: 'tenant', period: 'month' }]);
  expect(await counter(tenantId, id)).toBe('350');
  // What gateways count beyond what is stored stays.
  await worker.redis.hset(redisKeys.budgetCounter(tenantId, id), 'u', '900');
  await evaluate();
  expect(await counter(tenantId, id)).toBe('900');
  await worker.redis.del(redisKeys.budgetCounter(tenantId, id));
  await evaluate();
  expect(await counter(tenantId, id)).toBe('350');
  // A period that gateways have begun already is not taken back.
  const next = Date.now() + 62 * 86_400_000;
  await worker.redis.hset(redisKeys.budgetCounter(tenantId, id), 'i', String(next), 'u', '7');
  await evaluate();
  expect(await counter(tenantId, id)).toBe('7');
});

it('ends an increase by itself, says so in the audit log, and tells gateways', async () => {
  const tenant = await kit.tenant();
  const { owner, tenantId } = tenant;
  await createBudget(owner, { slug: 'hard', name: 'Hard', amount: '1', mode: 'hard' });
  const endsAt = new Date(Date.now() + 60_000).toISOString();
  const asked = await requestBudgetIncrease(await tenant.as('developer'), {
    budget: 'hard',
    amount: '2',
    endsAt,
    reason: 'Demo',
  });
  const increase = asked.increases[0]?.id ?? '';
  await decideBudgetIncrease(owner, { budget: 'hard', increase, decision: 'approve' });
  await compileAndPublish(worker, 'tenant', tenantId);
  const amount = async () =>
    JSON.parse((await worker.redis.get(redisKeys.tenantSnapshot(tenantId))) ?? '{}').budgets[0].amountNano;
  expect(await amount()).toBe('3000000000');
  await evaluate();
  const states = () => worker.rows('SELECT state FROM budget_increases WHERE tenant_id = $1', tenantId);
  expect(await states()).toEqual([{ state: 'approved' }]);
  await evaluate(Date.now() + 61_000);
  expect(await states()).toEqual([{ state: 'ended' }]);
  await compileAndPublish(worker, 'tenant', tenantId);
  expect(await amount()).toBe('1000000000');
  const entries = await worker.rows(
    `SELECT actor_kind FROM audit_entries WHERE tenant_id = $1 AND action = 'budgets.endIncrease'`,
    tenantId,
  );
  expect(entries).toEqual([{ actor_kind: 'system' }]);
});
