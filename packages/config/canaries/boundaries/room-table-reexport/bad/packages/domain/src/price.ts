export { log as priceOf } from '@parley/telemetry/logger';
