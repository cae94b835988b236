import { log } from '@parley/telemetry/logger';

export const priceOf = (): boolean => log('price');
