import { z } from 'zod';
import type { Thing } from '../collection.ts';
import { expand, integer, paging, text } from '../params.ts';
import { defineRoute } from '../route.ts';
import { refused } from '../stripe-error.ts';
import { runDue } from './renewal.ts';

export interface TestClock extends Thing {
  object: 'test_helpers.test_clock';
  name: string | null;
  frozen_time: number;
  deletes_after: number;
  status: 'ready';
  status_details: Record<string, never>;
  livemode: false;
}

const DAY = 86_400;

export const testClockRoutes = [
  defineRoute('POST /v1/test_helpers/test_clocks', {
    params: z.strictObject({ frozen_time: integer(), name: text(300).optional(), ...expand }),
    handle: ({ world, params }) =>
      world.testClocks.add({
        id: world.id('clock'),
        object: 'test_helpers.test_clock',
        created: world.now(),
        name: params.name ?? null,
        frozen_time: params.frozen_time,
        deletes_after: world.now() + 30 * DAY,
        status: 'ready',
        status_details: {},
        livemode: false,
      }),
  }),
  defineRoute('GET /v1/test_helpers/test_clocks', {
    params: z.strictObject(paging),
    handle: ({ world, params }) => world.testClocks.page(params),
  }),
  defineRoute('GET /v1/test_helpers/test_clocks/{id}', {
    params: z.strictObject(expand),
    handle: ({ world, id }) => world.testClocks.get(id),
  }),
  defineRoute('POST /v1/test_helpers/test_clocks/{id}/advance', {
    params: z.strictObject({ frozen_time: integer(), ...expand }),
    handle: ({ world, id, params }) => {
      const clock = world.testClocks.get(id);
      if (params.frozen_time <= clock.frozen_time) {
        throw refused('The new frozen time must be after the current one.', 'test_clock_time_invalid', 'frozen_time');
      }
      clock.frozen_time = params.frozen_time;
      runDue(world);
      return clock;
    },
  }),
];
