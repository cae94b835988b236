import { moveTo } from '@parley/domain/lifecycle';
import { SUBSCRIPTION_LIFECYCLE } from '@parley/domain/subscription-lifecycle';
import { must } from '@parley/kernel/assert';
import { Fault } from '@parley/kernel/fault';
import { z } from 'zod';
import { defineVerb } from '../verb.ts';
import { readSubscriptions, subscriptionShape } from './subscription-shape.ts';

/** Gives up a subscription, or withdraws a request; keys of the application lose this API at once. */
export const cancelSubscription = defineVerb({
  name: 'subscriptions.cancel',
  summary: 'Cancel a subscription or withdraw a request, from the consumer’s side.',
  kind: 'write',
  access: 'applications.write',
  rest: { method: 'POST', path: '/subscriptions/{id}/cancel' },
  input: z.object({ id: z.uuid() }),
  output: subscriptionShape,
  run: async ({ tx, input, tenantId, audit, announce }) => {
    const mine = { id: input.id, consumerTenantId: tenantId };
    const row = await tx.subscription.findFirst({ where: mine, include: { api: true, application: true } });
    if (!row) throw new Fault('not_found', 'There is no such subscription of this tenant.');
    const state = moveTo(SUBSCRIPTION_LIFECYCLE, row.state, 'cancel');
    const moved = state
      ? await tx.subscription.updateMany({ where: { ...mine, state: row.state }, data: { state } })
      : null;
    if (moved?.count !== 1) {
      const now = await tx.subscription.findFirst({ where: mine, select: { state: true } });
      throw new Fault(
        'invalid_state',
        `This subscription is ${now?.state ?? 'gone'} already; there is nothing to cancel.`,
      );
    }
    const label = `${row.application.name} → ${row.api.name}`;
    await audit({ subject: { kind: 'subscription', id: row.id, label }, detail: { from: row.state } });
    await announce('snapshot.application', { tenantId, applicationId: row.applicationId });
    return must((await readSubscriptions(tx, tenantId, { id: row.id, limit: 1 }))[0], 'the cancelled subscription');
  },
});
