import { z } from 'zod';
import { cardByToken } from '../cards.ts';
import type { Customer } from '../objects.ts';
import { expand, mergedMetadata, metadata, paging, text } from '../params.ts';
import { defineRoute } from '../route.ts';
import { missing } from '../stripe-error.ts';
import { attachCard, attachMethod } from './payment-methods.ts';

const fields = {
  email: text(512).optional(),
  name: z.string().max(256).optional(),
  description: z.string().max(5_000).optional(),
  metadata: metadata().optional(),
  invoice_settings: z.strictObject({ default_payment_method: text().optional() }).optional(),
  ...expand,
};

export const customerRoutes = [
  defineRoute('POST /v1/customers', {
    params: z.strictObject({ ...fields, payment_method: text().optional(), test_clock: text().optional() }),
    handle: ({ world, params }) => {
      if (params.test_clock !== undefined) world.testClocks.get(params.test_clock, 'test_clock');
      const customer: Customer = {
        id: world.id('cus'),
        object: 'customer',
        created: world.now(),
        email: params.email ?? null,
        name: params.name || null,
        description: params.description || null,
        metadata: mergedMetadata({}, params.metadata),
        balance: 0,
        delinquent: false,
        currency: null,
        default_source: null,
        invoice_prefix: `SIM${String(world.customers.all().length + 1).padStart(4, '0')}`,
        invoice_settings: { default_payment_method: null },
        test_clock: params.test_clock ?? null,
        livemode: false,
      };
      const wanted = params.payment_method;
      const fallback = params.invoice_settings?.default_payment_method;
      if (wanted !== undefined) {
        const card = cardByToken(wanted);
        const method = card
          ? attachCard(world, customer.id, card)
          : attachMethod(world, wanted, customer.id, 'payment_method');
        if (fallback === wanted) customer.invoice_settings.default_payment_method = method.id;
      } else if (fallback !== undefined)
        throw missing('PaymentMethod', fallback, 'invoice_settings[default_payment_method]');
      world.customers.add(customer);
      world.emit('customer.created', customer);
      return customer;
    },
  }),
  defineRoute('GET /v1/customers', {
    params: z.strictObject({ ...paging, email: text().optional() }),
    handle: ({ world, params }) =>
      world.customers.page(params, (customer) => params.email === undefined || customer.email === params.email),
  }),
  defineRoute('GET /v1/customers/{id}', {
    params: z.strictObject(expand),
    handle: ({ world, id }) => world.customers.get(id),
  }),
  defineRoute('POST /v1/customers/{id}', {
    params: z.strictObject(fields),
    handle: ({ world, id, params }) => {
      const customer = world.customers.get(id);
      const method = params.invoice_settings?.default_payment_method;
      if (method !== undefined) {
        const found = world.paymentMethods.find(method);
        if (found?.customer !== id) throw missing('PaymentMethod', method, 'invoice_settings[default_payment_method]');
        customer.invoice_settings.default_payment_method = method;
      }
      customer.email = params.email ?? customer.email;
      customer.name = params.name ?? customer.name;
      customer.description = params.description ?? customer.description;
      customer.metadata = mergedMetadata(customer.metadata, params.metadata);
      world.emit('customer.updated', customer);
      return customer;
    },
  }),
  defineRoute('DELETE /v1/customers/{id}', {
    params: z.strictObject({}),
    handle: ({ world, id }) => {
      const customer = world.customers.get(id);
      world.customers.remove(id);
      world.emit('customer.deleted', customer);
      return { id, object: 'customer', deleted: true };
    },
  }),
];
