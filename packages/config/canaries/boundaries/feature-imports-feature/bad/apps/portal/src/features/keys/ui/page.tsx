import { usageRouter } from '../../usage/server/router.ts';

export const KeysPage = (): string => String(usageRouter);
