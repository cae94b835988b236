import { open } from '@parley/db/client';

export const usageRouter = { open };
