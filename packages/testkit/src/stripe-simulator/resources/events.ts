import { z } from 'zod';
import { expand, integer, paging, text } from '../params.ts';
import { defineRoute } from '../route.ts';
import { missing } from '../stripe-error.ts';

export const eventRoutes = [
  defineRoute('GET /v1/events', {
    params: z.strictObject({
      ...paging,
      type: text().optional(),
      created: z
        .strictObject({ gte: integer().optional(), gt: integer().optional(), lt: integer().optional() })
        .optional(),
    }),
    handle: ({ world, params }) => {
      const { gte = 0, gt = -1, lt = Number.POSITIVE_INFINITY } = params.created ?? {};
      return world.events.page(
        params,
        (one) =>
          (params.type === undefined || one.type === params.type) &&
          one.created >= gte &&
          one.created > gt &&
          one.created < lt,
      );
    },
  }),
  defineRoute('GET /v1/events/{id}', {
    params: z.strictObject(expand),
    handle: ({ world, id }) => world.events.get(id),
  }),
  defineRoute('GET /v2/core/events/{id}', {
    params: z.strictObject({}),
    handle: ({ world, id }) => {
      const event = world.thinEvents.get(id);
      if (event === undefined) throw missing('event', id, 'id');
      return event;
    },
  }),
];
