export { priceOf } from './price.ts';
export * as price from './price.ts';
