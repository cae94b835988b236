import { newId } from '@parley/kernel/id';

export const priceOf = (): string => newId();
