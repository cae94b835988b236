export const priceOf = async (): Promise<unknown> => import('@parley/telemetry/logger');
