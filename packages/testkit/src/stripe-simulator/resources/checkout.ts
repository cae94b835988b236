import { z } from 'zod';
import type { CheckoutSession } from '../objects.ts';
import { currency, expand, flag, integer, metadata, paging, text } from '../params.ts';
import { defineRoute } from '../route.ts';
import { refused } from '../stripe-error.ts';
import type { SessionLine, World } from '../world.ts';

const HALF_HOUR = 1_800;
const DAY = 86_400;

const lineItem = z.strictObject({
  price: text().optional(),
  price_data: z
    .strictObject({
      currency: currency(),
      unit_amount: integer().pipe(z.number().min(0)),
      product_data: z.strictObject({ name: text(), description: text().optional() }),
    })
    .optional(),
  quantity: integer().optional(),
});

const sessionParams = z.strictObject({
  mode: z.enum(['payment', 'setup', 'subscription']),
  customer: text().optional(),
  customer_email: text(512).optional(),
  client_reference_id: text(200).optional(),
  currency: currency().optional(),
  line_items: z.array(lineItem).max(100).optional(),
  success_url: text(),
  cancel_url: text().optional(),
  ui_mode: z.literal('hosted_page').optional(),
  expires_at: integer().optional(),
  metadata: metadata().optional(),
  payment_intent_data: z
    .strictObject({
      metadata: metadata().optional(),
      description: text(1_000).optional(),
      setup_future_usage: z.literal('off_session').optional(),
    })
    .optional(),
  setup_intent_data: z
    .strictObject({ metadata: metadata().optional(), description: text(1_000).optional() })
    .optional(),
  subscription_data: z
    .strictObject({ metadata: metadata().optional(), trial_period_days: integer().optional() })
    .optional(),
  allow_promotion_codes: flag().optional(),
  ...expand,
});
export type SessionParams = z.output<typeof sessionParams>;

function linesOf(world: World, params: SessionParams): SessionLine[] {
  return (params.line_items ?? []).map((item, at) => {
    if ((item.price === undefined) === (item.price_data === undefined)) {
      throw refused('You must specify exactly one of `price` and `price_data`.', undefined, `line_items[${at}]`);
    }
    if (item.price_data) {
      if (params.mode === 'subscription')
        throw refused('Subscriptions need a recurring price.', undefined, `line_items[${at}]`);
      return {
        price: null,
        name: item.price_data.product_data.name,
        currency: item.price_data.currency,
        unitAmount: item.price_data.unit_amount,
        quantity: item.quantity ?? 1,
      };
    }
    const price = world.prices.get(item.price ?? '', `line_items[${at}][price]`);
    const metered = price.recurring?.usage_type === 'metered';
    if (metered && item.quantity !== undefined) {
      throw refused('Metered prices take no quantity.', undefined, `line_items[${at}][quantity]`);
    }
    if ((params.mode === 'subscription') !== (price.recurring !== null) && params.mode !== 'subscription') {
      throw refused('A payment takes one-time prices only.', undefined, `line_items[${at}][price]`);
    }
    return {
      price: price.id,
      name: world.products.get(price.product, 'product').name,
      currency: price.currency,
      unitAmount: metered ? 0 : (price.unit_amount ?? Math.round(Number(price.unit_amount_decimal))),
      quantity: metered ? 0 : (item.quantity ?? 1),
    };
  });
}

function checkUrl(value: string | undefined, param: string): void {
  if (value !== undefined && !URL.canParse(value.replaceAll('{CHECKOUT_SESSION_ID}', 'x'))) {
    throw refused('Not a valid URL', 'url_invalid', param);
  }
}

function open(world: World, params: SessionParams): CheckoutSession {
  if (params.customer !== undefined) world.customers.get(params.customer, 'customer');
  checkUrl(params.success_url, 'success_url');
  checkUrl(params.cancel_url, 'cancel_url');
  const lines = linesOf(world, params);
  if ((params.mode === 'setup') !== (lines.length === 0)) {
    throw refused(
      'Line items are required for payments and subscriptions, and not taken for setups.',
      'parameter_missing',
      'line_items',
    );
  }
  const money = lines[0]?.currency ?? params.currency ?? null;
  if (params.mode === 'setup' && money === null)
    throw refused('Missing required param: currency.', 'parameter_missing', 'currency');
  if (lines.some((line) => line.currency !== money))
    throw refused('All line items must have one currency.', undefined, 'line_items');
  const now = world.now();
  const expires = params.expires_at ?? now + DAY;
  if (expires < now + HALF_HOUR - 60 || expires > now + DAY + 60) {
    throw refused(
      'The `expires_at` timestamp must be between 30 minutes and 24 hours from now.',
      undefined,
      'expires_at',
    );
  }
  const id = world.id('cs_test');
  const total = lines.reduce((sum, line) => sum + line.unitAmount * line.quantity, 0);
  const session: CheckoutSession = {
    id,
    object: 'checkout.session',
    created: now,
    mode: params.mode,
    status: 'open',
    payment_status: params.mode === 'setup' ? 'no_payment_required' : 'unpaid',
    customer: params.customer ?? null,
    client_reference_id: params.client_reference_id ?? null,
    currency: money,
    amount_total: params.mode === 'setup' ? null : total,
    amount_subtotal: params.mode === 'setup' ? null : total,
    payment_intent: null,
    setup_intent: null,
    subscription: null,
    invoice: null,
    success_url: params.success_url,
    cancel_url: params.cancel_url ?? null,
    url: `${world.url}/c/pay/${id}`,
    expires_at: expires,
    metadata: params.metadata ?? {},
    livemode: false,
  };
  world.sessionParams.set(id, params);
  world.sessionLines.set(id, lines);
  return world.sessions.add(session);
}

export const checkoutRoutes = [
  defineRoute('POST /v1/checkout/sessions', {
    params: sessionParams,
    handle: ({ world, params }) => open(world, params),
  }),
  defineRoute('GET /v1/checkout/sessions', {
    params: z.strictObject({ ...paging, customer: text().optional(), payment_intent: text().optional() }),
    handle: ({ world, params }) =>
      world.sessions.page(
        params,
        (one) =>
          (params.customer === undefined || one.customer === params.customer) &&
          (params.payment_intent === undefined || one.payment_intent === params.payment_intent),
      ),
  }),
  defineRoute('GET /v1/checkout/sessions/{id}', {
    params: z.strictObject(expand),
    handle: ({ world, id }) => world.sessions.get(id),
  }),
  defineRoute('POST /v1/checkout/sessions/{id}/expire', {
    params: z.strictObject(expand),
    handle: ({ world, id }) => {
      const session = world.sessions.get(id);
      if (session.status !== 'open') throw refused(`Only open sessions can be expired; this one is ${session.status}.`);
      session.status = 'expired';
      session.url = null;
      world.emit('checkout.session.expired', session);
      return session;
    },
  }),
  defineRoute('POST /v1/billing_portal/sessions', {
    params: z.strictObject({ customer: text(), return_url: text().optional(), ...expand }),
    handle: ({ world, params }) => {
      world.customers.get(params.customer, 'customer');
      checkUrl(params.return_url, 'return_url');
      const id = world.id('bps');
      world.portalSessions.set(id, { customer: params.customer, returnUrl: params.return_url ?? null });
      return {
        id,
        object: 'billing_portal.session',
        created: world.now(),
        customer: params.customer,
        return_url: params.return_url ?? null,
        url: `${world.url}/p/session/${id}`,
        livemode: false,
      };
    },
  }),
];
