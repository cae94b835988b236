import { priceOf } from './price.ts';

export const limit = priceOf;
