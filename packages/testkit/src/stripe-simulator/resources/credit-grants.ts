import { z } from 'zod';
import type { CreditGrant } from '../objects.ts';
import { currency, expand, integer, mergedMetadata, metadata, paging, text } from '../params.ts';
import { defineRoute } from '../route.ts';
import { refused } from '../stripe-error.ts';

const MAX_UNUSED = 100;
const DEFAULT_PRIORITY = 50;

export const creditGrantRoutes = [
  defineRoute('POST /v1/billing/credit_grants', {
    params: z.strictObject({
      customer: text(),
      amount: z.strictObject({
        type: z.literal('monetary'),
        monetary: z.strictObject({ currency: currency(), value: integer().pipe(z.number().min(1)) }),
      }),
      applicability_config: z.strictObject({
        scope: z.strictObject({
          price_type: z.literal('metered').optional(),
          prices: z.array(z.strictObject({ id: text() })).optional(),
        }),
      }),
      category: z.enum(['paid', 'promotional']),
      effective_at: integer().optional(),
      expires_at: integer().optional(),
      name: text(100).optional(),
      priority: integer().pipe(z.number().min(0).max(100)).optional(),
      metadata: metadata().optional(),
      ...expand,
    }),
    handle: ({ world, params }) => {
      world.customers.get(params.customer, 'customer');
      const now = world.nowOf(params.customer);
      const unused = world.creditGrants
        .all()
        .filter(
          (grant) =>
            grant.customer === params.customer &&
            grant.voided_at === null &&
            (grant.expires_at === null || grant.expires_at > now),
        );
      if (unused.length >= MAX_UNUSED) throw refused(`A customer can have at most ${MAX_UNUSED} unused credit grants.`);
      for (const { id } of params.applicability_config.scope.prices ?? []) {
        const price = world.prices.get(id, 'applicability_config[scope][prices]');
        if (!price.recurring?.meter) throw refused('Credit grants apply to metered prices with a meter only.');
      }
      const grant: CreditGrant = {
        id: world.id('credgr_test'),
        object: 'billing.credit_grant',
        created: world.now(),
        updated: world.now(),
        customer: params.customer,
        amount: params.amount,
        applicability_config: params.applicability_config,
        category: params.category,
        effective_at: params.effective_at ?? now,
        expires_at: params.expires_at ?? null,
        name: params.name ?? null,
        priority: params.priority ?? DEFAULT_PRIORITY,
        metadata: params.metadata ?? {},
        voided_at: null,
        livemode: false,
      };
      world.creditGrants.add(grant);
      world.emit('billing.credit_grant.created', grant);
      return grant;
    },
  }),
  defineRoute('GET /v1/billing/credit_grants', {
    params: z.strictObject({ ...paging, customer: text().optional() }),
    handle: ({ world, params }) =>
      world.creditGrants.page(params, (one) => params.customer === undefined || one.customer === params.customer),
  }),
  defineRoute('GET /v1/billing/credit_grants/{id}', {
    params: z.strictObject(expand),
    handle: ({ world, id }) => world.creditGrants.get(id),
  }),
  defineRoute('POST /v1/billing/credit_grants/{id}', {
    params: z.strictObject({
      expires_at: z.union([z.literal(''), integer()]).optional(),
      metadata: metadata().optional(),
      ...expand,
    }),
    handle: ({ world, id, params }) => {
      const grant = world.creditGrants.get(id);
      if (params.expires_at !== undefined) grant.expires_at = params.expires_at === '' ? null : params.expires_at;
      grant.metadata = mergedMetadata(grant.metadata, params.metadata);
      grant.updated = world.now();
      world.emit('billing.credit_grant.updated', grant);
      return grant;
    },
  }),
  ...(['expire', 'void'] as const).map((act) =>
    defineRoute(`POST /v1/billing/credit_grants/{id}/${act}`, {
      params: z.strictObject(expand),
      handle: ({ world, id }) => {
        const grant = world.creditGrants.get(id);
        if (grant.voided_at !== null) throw refused('This credit grant is voided already.');
        if (act === 'expire') grant.expires_at = world.nowOf(grant.customer);
        else grant.voided_at = world.nowOf(grant.customer);
        grant.updated = world.now();
        world.emit('billing.credit_grant.updated', grant);
        return grant;
      },
    }),
  ),
];
