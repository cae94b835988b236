import type { inferRouterInputs, inferRouterOutputs } from '@trpc/server';
import { apisRouter } from '../features/apis/server/router.ts';
import { applicationsRouter } from '../features/applications/server/router.ts';
import { approvalsRouter } from '../features/approvals/server/router.ts';
import { auditRouter } from '../features/audit/server/router.ts';
import { billingRouter } from '../features/billing/server/router.ts';
import { budgetsRouter } from '../features/budgets/server/router.ts';
import { catalogueRouter } from '../features/catalogue/server/router.ts';
import { conversationsRouter } from '../features/conversations/server/router.ts';
import { costsRouter } from '../features/costs/server/router.ts';
import { customersRouter } from '../features/customers/server/router.ts';
import { guardrailsRouter } from '../features/guardrails/server/router.ts';
import { homeRouter } from '../features/home/server/router.ts';
import { identityRouter } from '../features/identity/server/router.ts';
import { invoicesRouter } from '../features/invoices/server/router.ts';
import { partyTokensRouter } from '../features/party-tokens/server/router.ts';
import { playgroundRouter } from '../features/playground/server/router.ts';
import { promptsRouter } from '../features/prompts/server/router.ts';
import { providersRouter } from '../features/providers/server/router.ts';
import { requestsRouter } from '../features/requests/server/router.ts';
import { settingsRouter } from '../features/settings/server/router.ts';
import { shellRouter } from '../features/shell/server/router.ts';
import { systemRouter } from '../features/system/server/router.ts';
import { teamRouter } from '../features/team/server/router.ts';
import { upstreamsRouter } from '../features/upstreams/server/router.ts';
import { usageRouter } from '../features/usage/server/router.ts';
import { t } from './init.ts';

/** Every feature's router, by the feature's name. */
export const appRouter = t.router({
  home: homeRouter,
  conversations: conversationsRouter,
  partyTokens: partyTokensRouter,
  requests: requestsRouter,
  system: systemRouter,
  usage: usageRouter,
  upstreams: upstreamsRouter,
  providers: providersRouter,
  playground: playgroundRouter,
  prompts: promptsRouter,
  guardrails: guardrailsRouter,
  apis: apisRouter,
  applications: applicationsRouter,
  approvals: approvalsRouter,
  billing: billingRouter,
  catalogue: catalogueRouter,
  customers: customersRouter,
  invoices: invoicesRouter,
  identity: identityRouter,
  audit: auditRouter,
  budgets: budgetsRouter,
  costs: costsRouter,
  settings: settingsRouter,
  shell: shellRouter,
  team: teamRouter,
});

export type AppRouter = typeof appRouter;

/** What each procedure answers: `RouterOutputs['apis']['list']`. */
export type RouterOutputs = inferRouterOutputs<AppRouter>;

/** What each procedure is asked with. */
export type RouterInputs = inferRouterInputs<AppRouter>;
