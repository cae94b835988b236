import type { priceOf } from './price.ts';

export type Price = typeof priceOf;
export const plan: readonly number[] = [];
