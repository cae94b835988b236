import { total } from '@parley/services/usage';

export const usageRouter = { total };
