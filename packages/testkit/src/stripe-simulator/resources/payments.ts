import { z } from 'zod';
import { cardByToken } from '../cards.ts';
import type { Charge, PaymentIntent, PaymentMethod } from '../objects.ts';
import { currency, expand, flag, integer, metadata, paging, text } from '../params.ts';
import { defineRoute } from '../route.ts';
import { refused } from '../stripe-error.ts';
import type { World } from '../world.ts';
import { attachCard, cardOf, declined } from './payment-methods.ts';

export interface IntentWish {
  readonly amount: number;
  readonly currency: string;
  readonly customer: string | null;
  readonly description?: string | null;
  readonly metadata?: Record<string, string>;
}

export function openIntent(world: World, wish: IntentWish): PaymentIntent {
  const intent: PaymentIntent = {
    id: world.id('pi'),
    object: 'payment_intent',
    created: world.now(),
    amount: wish.amount,
    amount_received: 0,
    currency: wish.currency,
    customer: wish.customer,
    description: wish.description ?? null,
    status: 'requires_payment_method',
    payment_method: null,
    latest_charge: null,
    last_payment_error: null,
    metadata: wish.metadata ?? {},
    livemode: false,
  };
  world.paymentIntents.add(intent);
  world.emit('payment_intent.created', intent);
  return intent;
}

/** Charges an intent: gives back the reason where the card refuses, with events either way. */
export function chargeIntent(world: World, intent: PaymentIntent, method: PaymentMethod): string | null {
  const card = cardOf(world, method.id);
  const reason = card.refusedAtOnce ?? card.refusedLater ?? null;
  const charge: Charge = {
    id: world.id('ch'),
    object: 'charge',
    created: world.now(),
    amount: intent.amount,
    amount_refunded: 0,
    currency: intent.currency,
    customer: intent.customer,
    payment_intent: intent.id,
    payment_method: method.id,
    paid: reason === null,
    refunded: false,
    status: reason === null ? 'succeeded' : 'failed',
    failure_code: reason === null ? null : 'card_declined',
    livemode: false,
  };
  world.charges.add(charge);
  intent.latest_charge = charge.id;
  if (reason !== null) {
    intent.payment_method = null;
    intent.last_payment_error = { type: 'card_error', code: 'card_declined', decline_code: reason };
    world.emit('charge.failed', charge);
    world.emit('payment_intent.payment_failed', intent);
    return reason;
  }
  intent.payment_method = method.id;
  intent.status = 'succeeded';
  intent.amount_received = intent.amount;
  intent.last_payment_error = null;
  world.emit('charge.succeeded', charge);
  world.emit('payment_intent.succeeded', intent);
  return null;
}

function confirmed(world: World, intent: PaymentIntent, methodId: string): PaymentIntent {
  if (intent.status !== 'requires_payment_method') {
    throw refused(`This PaymentIntent's status is ${intent.status}.`, 'payment_intent_unexpected_state');
  }
  const token = cardByToken(methodId);
  const method = token ? attachCard(world, null, token) : world.paymentMethods.get(methodId, 'payment_method');
  const reason = chargeIntent(world, intent, method);
  if (reason !== null) throw declined(reason, { payment_intent: intent });
  return intent;
}

export const paymentRoutes = [
  defineRoute('POST /v1/payment_intents', {
    params: z.strictObject({
      amount: integer().pipe(z.number().min(1)),
      currency: currency(),
      customer: text().optional(),
      description: text().optional(),
      metadata: metadata().optional(),
      payment_method: text().optional(),
      confirm: flag().optional(),
      off_session: flag().optional(),
      ...expand,
    }),
    handle: ({ world, params }) => {
      if (params.customer !== undefined) world.customers.get(params.customer, 'customer');
      const intent = openIntent(world, {
        amount: params.amount,
        currency: params.currency,
        customer: params.customer ?? null,
        description: params.description ?? null,
        metadata: params.metadata ?? {},
      });
      if (params.confirm !== true) return intent;
      if (params.payment_method === undefined) {
        throw refused(
          'You cannot confirm this PaymentIntent because it has no payment method.',
          'parameter_missing',
          'payment_method',
        );
      }
      return confirmed(world, intent, params.payment_method);
    },
  }),
  defineRoute('POST /v1/payment_intents/{id}/confirm', {
    params: z.strictObject({ payment_method: text(), off_session: flag().optional(), ...expand }),
    handle: ({ world, id, params }) => confirmed(world, world.paymentIntents.get(id), params.payment_method),
  }),
  defineRoute('POST /v1/payment_intents/{id}/cancel', {
    params: z.strictObject(expand),
    handle: ({ world, id }) => {
      const intent = world.paymentIntents.get(id);
      if (intent.status === 'succeeded') {
        throw refused(
          'You cannot cancel this PaymentIntent because it has succeeded.',
          'payment_intent_unexpected_state',
        );
      }
      intent.status = 'canceled';
      world.emit('payment_intent.canceled', intent);
      return intent;
    },
  }),
  defineRoute('GET /v1/payment_intents/{id}', {
    params: z.strictObject(expand),
    handle: ({ world, id }) => world.paymentIntents.get(id),
  }),
  defineRoute('GET /v1/payment_intents', {
    params: z.strictObject({ ...paging, customer: text().optional() }),
    handle: ({ world, params }) =>
      world.paymentIntents.page(params, (one) => params.customer === undefined || one.customer === params.customer),
  }),
  defineRoute('GET /v1/charges/{id}', {
    params: z.strictObject(expand),
    handle: ({ world, id }) => world.charges.get(id),
  }),
  defineRoute('GET /v1/setup_intents/{id}', {
    params: z.strictObject(expand),
    handle: ({ world, id }) => world.setupIntents.get(id),
  }),
];
