import { plan } from './plan.ts';

export const priceOf = (): number => plan.length;
