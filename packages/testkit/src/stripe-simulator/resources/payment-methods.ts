import { z } from 'zod';
import { cardByNumber, cardByToken, type TestCard } from '../cards.ts';
import type { PaymentMethod } from '../objects.ts';
import { expand, paging, text } from '../params.ts';
import { defineRoute } from '../route.ts';
import { refused, StripeFailure } from '../stripe-error.ts';
import type { World } from '../world.ts';

/** A declined card, as an answer. `more` carries the intent it happened to. */
export function declined(reason: string, more?: Readonly<Record<string, unknown>>): StripeFailure {
  const because = reason === 'insufficient_funds' ? 'Your card has insufficient funds.' : 'Your card was declined.';
  return new StripeFailure(402, because, {
    type: 'card_error',
    code: 'card_declined',
    declineCode: reason,
    ...(more === undefined ? {} : { more }),
  });
}

/** Keeps a test card for a customer; throws 402 where the card is refused at once. */
export function attachCard(world: World, customer: string | null, card: TestCard): PaymentMethod {
  if (customer !== null && card.refusedAtOnce !== undefined) throw declined(card.refusedAtOnce);
  const method = world.paymentMethods.add({
    id: world.id('pm'),
    object: 'payment_method',
    created: world.now(),
    type: 'card',
    customer,
    card: { brand: card.brand, last4: card.number.slice(-4), exp_month: 12, exp_year: 2034 },
    metadata: {},
    livemode: false,
  });
  world.cardNumbers.set(method.id, card.number);
  if (customer !== null) world.emit('payment_method.attached', method);
  return method;
}

/** A payment method that exists, given to a customer. */
export function attachMethod(world: World, id: string, customer: string, param: string): PaymentMethod {
  const method = world.paymentMethods.get(id, param);
  const card = cardOf(world, method.id);
  if (card.refusedAtOnce !== undefined) throw declined(card.refusedAtOnce);
  if (method.customer !== null && method.customer !== customer) {
    throw refused('The payment method you provided has already been attached to a customer.', undefined, param);
  }
  method.customer = customer;
  world.emit('payment_method.attached', method);
  return method;
}

export function cardOf(world: World, methodId: string): TestCard {
  const card = cardByNumber(world.cardNumbers.get(methodId) ?? '');
  if (card === undefined) throw refused(`The payment method ${methodId} has no test card.`);
  return card;
}

export const paymentMethodRoutes = [
  defineRoute('POST /v1/payment_methods/{id}/attach', {
    params: z.strictObject({ customer: text(), ...expand }),
    handle: ({ world, id, params }) => {
      world.customers.get(params.customer, 'customer');
      const card = cardByToken(id);
      return card ? attachCard(world, params.customer, card) : attachMethod(world, id, params.customer, 'id');
    },
  }),
  defineRoute('POST /v1/payment_methods/{id}/detach', {
    params: z.strictObject(expand),
    handle: ({ world, id }) => {
      const method = world.paymentMethods.get(id);
      const customer = method.customer === null ? undefined : world.customers.find(method.customer);
      if (customer?.invoice_settings.default_payment_method === id) {
        customer.invoice_settings.default_payment_method = null;
      }
      method.customer = null;
      world.emit('payment_method.detached', method);
      return method;
    },
  }),
  defineRoute('GET /v1/payment_methods/{id}', {
    params: z.strictObject(expand),
    handle: ({ world, id }) => world.paymentMethods.get(id),
  }),
  defineRoute('GET /v1/payment_methods', {
    params: z.strictObject({ ...paging, customer: text().optional(), type: z.literal('card').optional() }),
    handle: ({ world, params }) =>
      world.paymentMethods.page(
        params,
        (method) => params.customer === undefined || method.customer === params.customer,
      ),
  }),
  defineRoute('GET /v1/customers/{id}/payment_methods', {
    params: z.strictObject({ ...paging, type: z.literal('card').optional() }),
    handle: ({ world, id, params }) => {
      world.customers.get(id);
      return world.paymentMethods.page(params, (method) => method.customer === id);
    },
  }),
];
