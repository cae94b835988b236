import type { Event } from '@parley/contracts/event';

export const priceOf = (event: Event): number => event.id.length;
