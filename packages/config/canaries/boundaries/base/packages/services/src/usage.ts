import { open } from '@parley/db/client';
import { priceOf } from '@parley/domain/price';

export const total = (): unknown => [open, priceOf];
