import { priceOf } from '@parley/domain/price';
import { enqueue } from '@parley/jobs/queue';
import { request } from 'undici';

export const parts: readonly unknown[] = [priceOf, enqueue, request];
