export type Log = import('@parley/telemetry/logger').Log;
export const priceOf = (): number => 1;
