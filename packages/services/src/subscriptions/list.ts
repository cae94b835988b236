import { SUBSCRIPTION_STATES } from '@parley/contracts/snapshot';
import { z } from 'zod';
import { applicationRef, findApplication } from '../applications/application-shape.ts';
import { pageOf } from '../shapes.ts';
import { defineVerb } from '../verb.ts';
import { readSubscriptions, subscriptionShape } from './subscription-shape.ts';

export const listSubscriptions = defineVerb({
  name: 'subscriptions.list',
  summary: 'List the subscriptions the tenant’s applications hold or asked for, newest first.',
  kind: 'read',
  access: 'applications.read',
  rest: { method: 'GET', path: '/subscriptions' },
  input: z.object({
    application: applicationRef.optional(),
    state: z.enum(SUBSCRIPTION_STATES).optional(),
    cursor: z.uuid().optional(),
    limit: z.coerce.number().int().min(1).max(200).default(50),
  }),
  output: pageOf(subscriptionShape),
  run: async ({ tx, input, tenantId }) => {
    const application = input.application ? await findApplication(tx, tenantId, input.application) : null;
    const rows = await readSubscriptions(tx, tenantId, {
      limit: input.limit + 1,
      ...(application ? { applicationId: application.id } : {}),
      ...(input.state ? { states: [input.state] } : {}),
      ...(input.cursor ? { before: input.cursor } : {}),
    });
    const items = rows.slice(0, input.limit);
    return { items, nextCursor: rows.length > items.length ? (items.at(-1)?.id ?? null) : null };
  },
});
