import { open } from '@parley/db/src/client';

export const parts: readonly unknown[] = [open];
