import { applicationsRouter } from '../features/applications/server/router.ts';
import { approvalsRouter } from '../features/approvals/server/router.ts';
import { catalogueRouter } from '../features/catalogue/server/router.ts';
import { identityRouter } from '../features/identity/server/router.ts';
import { t } from './init.ts';

/** Every feature's router, by the feature's name. */
export const appRouter = t.router({
  applications: applicationsRouter,
  approvals: approvalsRouter,
  catalogue: catalogueRouter,
  identity: identityRouter,
});

export type AppRouter = typeof appRouter;
