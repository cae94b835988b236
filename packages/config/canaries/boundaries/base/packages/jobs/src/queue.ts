import type { Event } from '@parley/contracts/event';
import { log } from '@parley/telemetry/logger';

export const enqueue = (event: Event): boolean => log(event.id);
