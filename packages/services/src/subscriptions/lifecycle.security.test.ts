import { SUBSCRIPTION_STATES, type SubscriptionState } from '@parley/contracts/snapshot';
import { moveTo } from '@parley/domain/lifecycle';
import { SUBSCRIPTION_LIFECYCLE, type SubscriptionMove } from '@parley/domain/subscription-lifecycle';
import { newId } from '@parley/kernel/id';
import { testContext } from '@parley/testkit/context';
import { publishedApi } from '@parley/testkit/published-api';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { createApplication } from '../applications/create.ts';
import type { Context } from '../context.ts';
import { approveSubscription } from './approve.ts';
import { cancelSubscription } from './cancel.ts';
import { refuseSubscription } from './refuse.ts';
import { requestSubscription } from './request.ts';
import { resumeSubscription } from './resume.ts';
import { revokeSubscription } from './revoke.ts';
import { suspendSubscription } from './suspend.ts';

const t = testContext();
afterAll(() => t.close());

class RolledBack extends Error {}

async function scene() {
  const publisher = await t.tenant();
  const consumer = await t.tenant();
  const api = await publishedApi(t.db, publisher.tenantId);
  const ask = async () => {
    const application = await createApplication(consumer.owner, { slug: `a-${newId()}`, name: 'App' });
    const names = { publisher: publisher.slug, api: api.slug, application: application.slug };
    return (await requestSubscription(consumer.owner, { ...names, plan: 'pro', reason: 'x' })).id;
  };
  return { publisher, consumer, api, ask };
}

/** States on the way from `requested` to each state, by the lifecycle's moves. */
const WAYS: Readonly<Record<SubscriptionState, readonly SubscriptionState[]>> = {
  requested: [],
  refused: ['refused'],
  cancelled: ['cancelled'],
  approved: ['approved'],
  suspended: ['approved', 'suspended'],
  revoked: ['approved', 'revoked'],
  expired: ['approved', 'expired'],
};

test('the database allows each side exactly the lifecycle’s moves, for every pair of states', async () => {
  const { publisher, consumer, ask } = await scene();
  for (const from of SUBSCRIPTION_STATES) {
    const id = await ask();
    for (const step of WAYS[from]) {
      await t.db.within(
        { tenantId: publisher.tenantId },
        (tx) => tx.$executeRaw`UPDATE subscriptions SET state = ${step}::subscription_state WHERE id = ${id}::uuid`,
      );
    }
    const reachable = new Set(Object.values(SUBSCRIPTION_LIFECYCLE[from]));
    for (const to of SUBSCRIPTION_STATES) {
      for (const [side, tenantId] of [
        ['publisher', publisher.tenantId],
        ['consumer', consumer.tenantId],
      ] as const) {
        const attempt = t.db.within({ tenantId }, async (tx) => {
          const rows =
            await tx.$executeRaw`UPDATE subscriptions SET state = ${to}::subscription_state WHERE id = ${id}::uuid`;
          expect(rows).toBe(1);
          throw new RolledBack();
        });
        const outcome = await attempt.catch((error: unknown) => error);
        const allowed = to === from || (reachable.has(to) && (side === 'publisher' || to === 'cancelled'));
        expect(outcome instanceof RolledBack, `${side}: ${from} → ${to}: ${String(outcome)}`).toBe(allowed);
      }
    }
  }
});

type Act = { by: 'publisher' | 'consumer'; move: Exclude<SubscriptionMove, 'expire'> };

const ACTS: Readonly<Record<Act['move'], (context: Context, id: string) => Promise<unknown>>> = {
  approve: (context, id) => approveSubscription(context, { id }),
  refuse: (context, id) => refuseSubscription(context, { id, reason: 'x' }),
  cancel: (context, id) => cancelSubscription(context, { id }),
  suspend: (context, id) => suspendSubscription(context, { id, reason: 'x' }),
  resume: (context, id) => resumeSubscription(context, { id }),
  revoke: (context, id) => revokeSubscription(context, { id, reason: 'x' }),
};

test('any run of verbs by either side leaves the state the lifecycle says, and refuses the rest', async () => {
  const { publisher, consumer, ask } = await scene();
  const acts = fc.array(
    fc.record<Act>({
      by: fc.constantFrom('publisher', 'publisher', 'consumer'),
      move: fc.constantFrom('approve', 'suspend', 'resume', 'revoke', 'refuse', 'cancel'),
    }),
    { minLength: 1, maxLength: 8 },
  );
  await fc.assert(
    fc.asyncProperty(acts, async (run) => {
      const id = await ask();
      let state: SubscriptionState = 'requested';
      for (const { by, move } of run) {
        const mayDo = (move === 'cancel') === (by === 'consumer');
        const next: SubscriptionState | null = mayDo ? moveTo(SUBSCRIPTION_LIFECYCLE, state, move) : null;
        const outcome = await ACTS[move](by === 'publisher' ? publisher.owner : consumer.owner, id).then(
          () => 'done',
          (error: unknown) => (error as { code?: string }).code,
        );
        expect(outcome).toBe(next ? 'done' : mayDo ? 'invalid_state' : 'not_found');
        state = next ?? state;
      }
      const row = await t.db.within({ tenantId: consumer.tenantId }, (tx) =>
        tx.subscription.findFirst({ where: { id } }),
      );
      expect(row?.state).toBe(state);
    }),
    { numRuns: 12 },
  );
});

test('by SQL of its own, a consumer cannot approve itself, change plan or end, or be born approved', async () => {
  const { publisher, consumer, api, ask } = await scene();
  const id = await ask();
  const asConsumer = (sql: string) => t.db.within({ tenantId: consumer.tenantId }, (tx) => tx.$executeRawUnsafe(sql));
  const where = `WHERE id = '${id}'`;
  for (const change of [
    `state = 'approved'`,
    `state = 'approved', tenant_id = '${consumer.tenantId}'`,
    `plan_id = '${api.autoPlanId}'`,
    `expires_at = now() + interval '1 year'`,
    `decided_at = now(), decision_reason = 'Welcome'`,
    `api_id = '${newId()}'`,
  ]) {
    await expect(asConsumer(`UPDATE subscriptions SET ${change} ${where}`), change).rejects.toThrow();
  }
  await expect(asConsumer(`DELETE FROM subscriptions ${where}`)).rejects.toThrow(/permission denied/);

  const other = await publishedApi(t.db, publisher.tenantId);
  const hidden = await publishedApi(t.db, publisher.tenantId, { visibility: 'tenant' });
  const application = await createApplication(consumer.owner, { slug: 'sql', name: 'SQL' });
  const insert = (apiId: string, planId: string, state: string) =>
    asConsumer(`INSERT INTO subscriptions (tenant_id, id, api_id, plan_id, consumer_tenant_id, application_id, state, updated_at)
      VALUES ('${publisher.tenantId}', '${newId()}', '${apiId}', '${planId}', '${consumer.tenantId}', '${application.id}', '${state}', now())`);
  await expect(insert(api.id, api.manualPlanId, 'approved')).rejects.toThrow(/begins as requested/);
  await expect(insert(api.id, other.autoPlanId, 'approved')).rejects.toThrow(/plan of its API/);
  await expect(insert(hidden.id, hidden.autoPlanId, 'approved')).rejects.toThrow(/plan of its API/);
  await expect(insert(hidden.id, hidden.manualPlanId, 'requested')).rejects.toThrow(/plan of its API/);
  expect(await insert(api.id, api.autoPlanId, 'approved')).toBe(1);
});

test('a third tenant sees and changes nothing of a subscription by SQL', async () => {
  const { ask } = await scene();
  const id = await ask();
  const { tenantId } = await t.tenant();
  const changed = await t.db.within({ tenantId }, async (tx) => [
    await tx.subscription.count({ where: { id } }),
    await tx.$executeRaw`UPDATE subscriptions SET state = 'cancelled' WHERE id = ${id}::uuid`,
  ]);
  expect(changed).toEqual([0, 0]);
});
