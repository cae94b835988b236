import { SUBSCRIPTION_STATES, type SubscriptionState } from '@parley/contracts/snapshot';
import { z } from 'zod';
import { pageOf } from '../shapes.ts';
import { defineVerb } from '../verb.ts';
import { approvalShape, readApprovals } from './approval-shape.ts';

const SHOWN: Readonly<Record<'waiting' | 'live' | 'history', readonly SubscriptionState[]>> = {
  waiting: ['requested'],
  live: ['approved', 'suspended'],
  history: ['refused', 'revoked', 'expired', 'cancelled'],
};

/** The publisher's inbox: requests that wait (oldest first), subscriptions in force, or what is over (newest first). */
export const readInbox = defineVerb({
  name: 'subscriptions.inbox',
  summary: 'List who asks for and holds access to the tenant’s APIs, with their past behaviour.',
  kind: 'read',
  access: 'approvals.read',
  rest: { method: 'GET', path: '/approvals' },
  input: z.object({
    show: z.enum(['waiting', 'live', 'history', 'all']).default('waiting'),
    /** One state exactly, instead of `show`. */
    state: z.enum(SUBSCRIPTION_STATES).optional(),
    api: z.string().max(63).optional().describe('Short name of one API.'),
    cursor: z.uuid().optional(),
    limit: z.coerce.number().int().min(1).max(100).default(50),
  }),
  output: pageOf(approvalShape).extend({
    /** How many wait in all, whatever is shown. */
    waiting: z.number().int(),
  }),
  run: async ({ tx, input, tenantId }) => {
    const states = input.state ? [input.state] : input.show === 'all' ? SUBSCRIPTION_STATES : SHOWN[input.show];
    const rows = await readApprovals(tx, tenantId, {
      states,
      oldestFirst: states.length === 1 && states[0] === 'requested',
      limit: input.limit + 1,
      ...(input.api ? { api: input.api } : {}),
      ...(input.cursor ? { after: input.cursor } : {}),
    });
    const items = rows.slice(0, input.limit);
    return {
      items,
      nextCursor: rows.length > items.length ? (items.at(-1)?.id ?? null) : null,
      waiting: await tx.subscription.count({ where: { tenantId, state: 'requested' } }),
    };
  },
});
