import { parts } from '@parley/gateway/main';

export const mine: unknown = parts;
