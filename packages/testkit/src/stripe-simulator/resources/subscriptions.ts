import { z } from 'zod';
import type { Thing } from '../collection.ts';
import { expand, flag, integer, mergedMetadata, metadata, paging, text } from '../params.ts';
import { defineRoute } from '../route.ts';
import { refused, StripeFailure } from '../stripe-error.ts';
import type { World } from '../world.ts';
import { nextPeriodEnd, runDue, startSubscription } from './renewal.ts';

export interface SubscriptionItem {
  id: string;
  object: 'subscription_item';
  price: string;
  quantity: number | null;
  current_period_start: number;
  current_period_end: number;
}

export interface Subscription extends Thing {
  object: 'subscription';
  customer: string;
  currency: string;
  status: 'active' | 'past_due' | 'incomplete' | 'canceled' | 'trialing';
  items: { object: 'list'; data: SubscriptionItem[]; has_more: false; url: string };
  default_payment_method: string | null;
  latest_invoice: string | null;
  cancel_at_period_end: boolean;
  canceled_at: number | null;
  ended_at: number | null;
  start_date: number;
  billing_cycle_anchor: number;
  trial_end: number | null;
  metadata: Record<string, string>;
  livemode: false;
}

export const itemShape = z.strictObject({ price: text(), quantity: integer().optional() });

export interface SubscriptionWish {
  readonly customer: string;
  readonly items: readonly { price: string; quantity?: number | undefined }[];
  readonly defaultPaymentMethod?: string | null | undefined;
  readonly metadata?: Record<string, string> | undefined;
  readonly trialDays?: number | undefined;
}

/** Makes a subscription, its first invoice and its first payment. */
export function subscribe(world: World, wish: SubscriptionWish): Subscription {
  const customer = world.customers.get(wish.customer, 'customer');
  const start = world.nowOf(customer.id);
  const prices = wish.items.map((item, at) => world.prices.get(item.price, `items[${at}][price]`));
  const first = prices[0];
  if (first?.recurring == null || prices.some((price) => price.recurring === null)) {
    throw refused('Subscriptions need recurring prices.', undefined, 'items');
  }
  if (
    prices.some((price) => price.currency !== first.currency || price.recurring?.interval !== first.recurring?.interval)
  ) {
    throw refused('All prices of a subscription must share currency and interval.', undefined, 'items');
  }
  const id = world.id('sub');
  const trialEnd = wish.trialDays === undefined ? null : start + wish.trialDays * 86_400;
  const end = trialEnd ?? nextPeriodEnd(start, first);
  const subscription: Subscription = {
    id,
    object: 'subscription',
    created: start,
    customer: customer.id,
    currency: first.currency,
    status: 'incomplete',
    items: {
      object: 'list',
      data: wish.items.map((item, at) => {
        const metered = prices[at]?.recurring?.usage_type === 'metered';
        if (metered && item.quantity !== undefined) {
          throw refused('Metered prices take no quantity.', undefined, `items[${at}][quantity]`);
        }
        return {
          id: world.id('si'),
          object: 'subscription_item' as const,
          price: item.price,
          quantity: metered ? null : (item.quantity ?? 1),
          current_period_start: start,
          current_period_end: end,
        };
      }),
      has_more: false,
      url: `/v1/subscription_items?subscription=${id}`,
    },
    default_payment_method: wish.defaultPaymentMethod ?? null,
    latest_invoice: null,
    cancel_at_period_end: false,
    canceled_at: null,
    ended_at: null,
    start_date: start,
    billing_cycle_anchor: end,
    trial_end: trialEnd,
    metadata: wish.metadata ?? {},
    livemode: false,
  };
  world.subscriptions.add(subscription);
  startSubscription(world, subscription);
  return subscription;
}

export const subscriptionRoutes = [
  defineRoute('POST /v1/subscriptions', {
    params: z.strictObject({
      customer: text(),
      items: z.array(itemShape).min(1).max(20),
      default_payment_method: text().optional(),
      payment_behavior: z.enum(['default_incomplete', 'allow_incomplete', 'error_if_incomplete']).optional(),
      trial_period_days: integer().optional(),
      metadata: metadata().optional(),
      ...expand,
    }),
    handle: ({ world, params }) => {
      const method = params.default_payment_method;
      if (method !== undefined) world.paymentMethods.get(method, 'default_payment_method');
      const made = subscribe(world, {
        customer: params.customer,
        items: params.items,
        defaultPaymentMethod: method,
        metadata: params.metadata,
        trialDays: params.trial_period_days,
      });
      if (made.status === 'incomplete' && params.payment_behavior === 'error_if_incomplete') {
        world.subscriptions.remove(made.id);
        throw new StripeFailure(402, 'Your card was declined.', { type: 'card_error', code: 'card_declined' });
      }
      return made;
    },
  }),
  defineRoute('GET /v1/subscriptions', {
    params: z.strictObject({
      ...paging,
      customer: text().optional(),
      status: z.enum(['active', 'past_due', 'incomplete', 'canceled', 'trialing', 'all']).optional(),
    }),
    handle: ({ world, params }) =>
      world.subscriptions.page(
        params,
        (one) =>
          (params.customer === undefined || one.customer === params.customer) &&
          (params.status === 'all' ||
            (params.status === undefined ? one.status !== 'canceled' : one.status === params.status)),
      ),
  }),
  defineRoute('GET /v1/subscriptions/{id}', {
    params: z.strictObject(expand),
    handle: ({ world, id }) => world.subscriptions.get(id),
  }),
  defineRoute('POST /v1/subscriptions/{id}', {
    params: z.strictObject({
      cancel_at_period_end: flag().optional(),
      default_payment_method: text().optional(),
      metadata: metadata().optional(),
      ...expand,
    }),
    handle: ({ world, id, params }) => {
      const subscription = world.subscriptions.get(id);
      subscription.cancel_at_period_end = params.cancel_at_period_end ?? subscription.cancel_at_period_end;
      subscription.default_payment_method = params.default_payment_method ?? subscription.default_payment_method;
      subscription.metadata = mergedMetadata(subscription.metadata, params.metadata);
      world.emit('customer.subscription.updated', subscription);
      return subscription;
    },
  }),
  defineRoute('DELETE /v1/subscriptions/{id}', {
    params: z.strictObject({ ...expand }),
    handle: ({ world, id }) => {
      const subscription = world.subscriptions.get(id);
      runDue(world);
      subscription.status = 'canceled';
      subscription.canceled_at = world.nowOf(subscription.customer);
      subscription.ended_at = subscription.canceled_at;
      world.emit('customer.subscription.deleted', subscription);
      return subscription;
    },
  }),
];
