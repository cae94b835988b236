import { z } from 'zod';

/** Classes of calls, first to go first when a node of the gateway has more to do than it can. */
export const PRIORITY_CLASSES = ['sheddable', 'normal', 'critical'] as const;
export type PriorityClass = (typeof PRIORITY_CLASSES)[number];

/** How much its calls matter while a node is overloaded. */
export const priorityPolicy = z.strictObject({
  class: z
    .enum(PRIORITY_CLASSES)
    .default('normal')
    .describe('While a gateway node is overloaded, sheddable calls are refused first, then normal ones.'),
});
export type PriorityPolicy = z.output<typeof priorityPolicy>;
