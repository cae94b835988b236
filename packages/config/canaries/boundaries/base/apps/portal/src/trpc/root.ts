import { usageRouter } from '../features/usage/server/router.ts';

export const root = { usageRouter };
