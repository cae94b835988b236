import type { inferRouterOutputs } from '@trpc/server';
import { applicationsRouter } from '../features/applications/server/router.ts';
import { approvalsRouter } from '../features/approvals/server/router.ts';
import { catalogueRouter } from '../features/catalogue/server/router.ts';
import { identityRouter } from '../features/identity/server/router.ts';
import { shellRouter } from '../features/shell/server/router.ts';
import { t } from './init.ts';

/** Every feature's router, by the feature's name. */
export const appRouter = t.router({
  applications: applicationsRouter,
  approvals: approvalsRouter,
  catalogue: catalogueRouter,
  identity: identityRouter,
  shell: shellRouter,
});

export type AppRouter = typeof appRouter;

/** What each procedure answers: `RouterOutputs['apis']['list']`. */
export type RouterOutputs = inferRouterOutputs<AppRouter>;
