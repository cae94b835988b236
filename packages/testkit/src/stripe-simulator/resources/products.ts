import { z } from 'zod';
import type { Thing } from '../collection.ts';
import { currency, decimal, expand, flag, integer, mergedMetadata, metadata, paging, text } from '../params.ts';
import { defineRoute } from '../route.ts';
import { refused } from '../stripe-error.ts';

export interface Product extends Thing {
  object: 'product';
  name: string;
  description: string | null;
  active: boolean;
  metadata: Record<string, string>;
  unit_label: string | null;
  updated: number;
  livemode: false;
}

export interface Price extends Thing {
  object: 'price';
  product: string;
  active: boolean;
  currency: string;
  unit_amount: number | null;
  unit_amount_decimal: string | null;
  type: 'one_time' | 'recurring';
  recurring: {
    interval: 'month' | 'year';
    interval_count: number;
    usage_type: 'licensed' | 'metered';
    meter: string | null;
  } | null;
  lookup_key: string | null;
  nickname: string | null;
  metadata: Record<string, string>;
  livemode: false;
}

const productFields = {
  name: text(),
  description: z.string().max(5_000).optional(),
  active: flag().optional(),
  metadata: metadata().optional(),
  unit_label: z.string().max(12).optional(),
  ...expand,
};

const recurring = z.strictObject({
  interval: z.enum(['month', 'year']),
  interval_count: integer().optional(),
  usage_type: z.enum(['licensed', 'metered']).optional(),
  meter: text().optional(),
});

export const productRoutes = [
  defineRoute('POST /v1/products', {
    params: z.strictObject({ ...productFields, id: text(255).optional() }),
    handle: ({ world, params }) => {
      const id = params.id ?? world.id('prod');
      if (world.products.find(id)) throw refused(`Product already exists.`, 'resource_already_exists', 'id');
      const product: Product = {
        id,
        object: 'product',
        created: world.now(),
        updated: world.now(),
        name: params.name,
        description: params.description || null,
        active: params.active ?? true,
        metadata: params.metadata ?? {},
        unit_label: params.unit_label || null,
        livemode: false,
      };
      world.products.add(product);
      world.emit('product.created', product);
      return product;
    },
  }),
  defineRoute('GET /v1/products', {
    params: z.strictObject({ ...paging, active: flag().optional() }),
    handle: ({ world, params }) =>
      world.products.page(params, (product) => params.active === undefined || product.active === params.active),
  }),
  defineRoute('GET /v1/products/{id}', {
    params: z.strictObject(expand),
    handle: ({ world, id }) => world.products.get(id),
  }),
  defineRoute('POST /v1/products/{id}', {
    params: z.strictObject({ ...productFields, name: text().optional() }),
    handle: ({ world, id, params }) => {
      const product = world.products.get(id);
      product.name = params.name ?? product.name;
      product.description = params.description ?? product.description;
      product.active = params.active ?? product.active;
      product.metadata = mergedMetadata(product.metadata, params.metadata);
      product.updated = world.now();
      world.emit('product.updated', product);
      return product;
    },
  }),
  defineRoute('POST /v1/prices', {
    params: z.strictObject({
      currency: currency(),
      product: text(),
      unit_amount: integer().optional(),
      unit_amount_decimal: decimal().optional(),
      recurring: recurring.optional(),
      lookup_key: text(200).optional(),
      nickname: text().optional(),
      metadata: metadata().optional(),
      active: flag().optional(),
      ...expand,
    }),
    handle: ({ world, params }) => {
      world.products.get(params.product, 'product');
      if ((params.unit_amount === undefined) === (params.unit_amount_decimal === undefined)) {
        throw refused(
          'You must specify exactly one of `unit_amount` and `unit_amount_decimal`.',
          'parameter_missing',
          'unit_amount',
        );
      }
      const metered = params.recurring?.usage_type === 'metered';
      if (metered && params.recurring?.meter === undefined) {
        throw refused('Metered prices must be backed by a meter.', 'parameter_missing', 'recurring[meter]');
      }
      if (params.recurring?.meter !== undefined) world.meters.get(params.recurring.meter, 'recurring[meter]');
      const key = params.lookup_key;
      if (key !== undefined && world.prices.all().some((price) => price.lookup_key === key)) {
        throw refused(`A price already uses that lookup key.`, 'lookup_key_already_used', 'lookup_key');
      }
      const price: Price = {
        id: world.id('price'),
        object: 'price',
        created: world.now(),
        product: params.product,
        active: params.active ?? true,
        currency: params.currency,
        unit_amount: params.unit_amount ?? null,
        unit_amount_decimal: params.unit_amount_decimal ?? String(params.unit_amount),
        type: params.recurring ? 'recurring' : 'one_time',
        recurring: params.recurring
          ? {
              interval: params.recurring.interval,
              interval_count: params.recurring.interval_count ?? 1,
              usage_type: params.recurring.usage_type ?? 'licensed',
              meter: params.recurring.meter ?? null,
            }
          : null,
        lookup_key: key ?? null,
        nickname: params.nickname ?? null,
        metadata: params.metadata ?? {},
        livemode: false,
      };
      world.prices.add(price);
      world.emit('price.created', price);
      return price;
    },
  }),
  defineRoute('GET /v1/prices', {
    params: z.strictObject({
      ...paging,
      product: text().optional(),
      active: flag().optional(),
      lookup_keys: z.array(text()).optional(),
    }),
    handle: ({ world, params }) =>
      world.prices.page(
        params,
        (price) =>
          (params.product === undefined || price.product === params.product) &&
          (params.active === undefined || price.active === params.active) &&
          (params.lookup_keys === undefined || params.lookup_keys.includes(price.lookup_key ?? '')),
      ),
  }),
  defineRoute('GET /v1/prices/{id}', {
    params: z.strictObject(expand),
    handle: ({ world, id }) => world.prices.get(id),
  }),
  defineRoute('POST /v1/prices/{id}', {
    params: z.strictObject({
      active: flag().optional(),
      metadata: metadata().optional(),
      nickname: text().optional(),
      ...expand,
    }),
    handle: ({ world, id, params }) => {
      const price = world.prices.get(id);
      price.active = params.active ?? price.active;
      price.nickname = params.nickname ?? price.nickname;
      price.metadata = mergedMetadata(price.metadata, params.metadata);
      world.emit('price.updated', price);
      return price;
    },
  }),
];
