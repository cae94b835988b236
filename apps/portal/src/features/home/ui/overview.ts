import type { RouterOutputs } from '@/trpc/root.ts';

/** All that the home page shows. */
export type Overview = RouterOutputs['home']['overview'];
