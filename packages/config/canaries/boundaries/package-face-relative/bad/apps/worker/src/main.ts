import { open } from '../../../packages/db/src/client.ts';

export const parts: readonly unknown[] = [open];
