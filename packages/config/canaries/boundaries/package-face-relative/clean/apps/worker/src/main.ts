import { open } from '@parley/db/client';
import { wait } from './wait.ts';

export const parts: readonly unknown[] = [open, wait];
