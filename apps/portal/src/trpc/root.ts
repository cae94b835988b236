import { identityRouter } from '../features/identity/server/router.ts';
import { shellRouter } from '../features/shell/server/router.ts';
import { t } from './init.ts';

/** Every feature's router, by the feature's name. */
export const appRouter = t.router({
  identity: identityRouter,
  shell: shellRouter,
});

export type AppRouter = typeof appRouter;
