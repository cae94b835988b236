import { open } from '@parley/db/client';

export const parts: readonly unknown[] = [open];
