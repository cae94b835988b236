import { listApiAliases } from '@parley/services/api-aliases/list';
import { moveBackApiAlias } from '@parley/services/api-aliases/move-back';
import { removeApiAlias } from '@parley/services/api-aliases/remove';
import { setApiAlias } from '@parley/services/api-aliases/set';
import { cacheByMeaning } from '@parley/services/api-versions/cache-by-meaning';
import { compareVariants } from '@parley/services/api-versions/compare-variants';
import { createApiVersion } from '@parley/services/api-versions/create';
import { deprecateApiVersion } from '@parley/services/api-versions/deprecate';
import { diffRevisions } from '@parley/services/api-versions/diff';
import { experimentResults } from '@parley/services/api-versions/experiment-results';
import { explainApiVersion } from '@parley/services/api-versions/explain';
import { importOpenapi } from '@parley/services/api-versions/import-openapi';
import { listApiVersions } from '@parley/services/api-versions/list';
import { publishApiVersion } from '@parley/services/api-versions/publish';
import { purgeCache } from '@parley/services/api-versions/purge-cache';
import { restoreApiVersion } from '@parley/services/api-versions/restore';
import { retireApiVersion } from '@parley/services/api-versions/retire';
import { listRevisions } from '@parley/services/api-versions/revisions';
import { rollbackApiVersion } from '@parley/services/api-versions/rollback';
import { setDefinition } from '@parley/services/api-versions/set-definition';
import { setPolicies } from '@parley/services/api-versions/set-policies';
import { submitApiVersion } from '@parley/services/api-versions/submit';
import { updateApiVersion } from '@parley/services/api-versions/update';
import { withdrawApiVersion } from '@parley/services/api-versions/withdraw';
import { createApi } from '@parley/services/apis/create';
import { deleteApi } from '@parley/services/apis/delete';
import { getApi } from '@parley/services/apis/get';
import { listApis } from '@parley/services/apis/list';
import { updateApi } from '@parley/services/apis/update';
import { cancelDelivery } from '@parley/services/deliveries/cancel';
import { getDelivery } from '@parley/services/deliveries/get';
import { listDeliveries } from '@parley/services/deliveries/list';
import { replayDelivery } from '@parley/services/deliveries/replay';
import { replayFailedDeliveries } from '@parley/services/deliveries/replay-failed';
import { listModels } from '@parley/services/models/list';
import { archivePlan } from '@parley/services/plans/archive';
import { createPlan } from '@parley/services/plans/create';
import { listPlans } from '@parley/services/plans/list';
import { planPrices } from '@parley/services/plans/prices';
import { setPlanPrice } from '@parley/services/plans/set-price';
import { simulatePlanPrice } from '@parley/services/plans/simulate-price';
import { updatePlan } from '@parley/services/plans/update';
import { listPolicies } from '@parley/services/policies/list';
import { tryMapping } from '@parley/services/policies/try-mapping';
import { listPromptLabels } from '@parley/services/prompt-labels/list';
import { listPrompts } from '@parley/services/prompts/list';
import { promptVersions } from '@parley/services/prompts/versions';
import { readInbox } from '@parley/services/subscriptions/inbox';
import { listUpstreams } from '@parley/services/upstreams/list';
import { enableWebhookDestination } from '@parley/services/webhook-destinations/enable';
import { listWebhookDestinations } from '@parley/services/webhook-destinations/list';
import { rotateWebhookSecret } from '@parley/services/webhook-destinations/rotate-secret';
import { t } from '../../../trpc/init.ts';
import { procedureFor } from '../../../trpc/procedure.ts';

export const apisRouter = t.router({
  list: procedureFor(listApis),
  get: procedureFor(getApi),
  create: procedureFor(createApi),
  update: procedureFor(updateApi),
  delete: procedureFor(deleteApi),
  versions: procedureFor(listApiVersions),
  createVersion: procedureFor(createApiVersion),
  updateVersion: procedureFor(updateApiVersion),
  setDefinition: procedureFor(setDefinition),
  importOpenapi: procedureFor(importOpenapi),
  setPolicies: procedureFor(setPolicies),
  purgeCache: procedureFor(purgeCache),
  submit: procedureFor(submitApiVersion),
  withdraw: procedureFor(withdrawApiVersion),
  publish: procedureFor(publishApiVersion),
  deprecate: procedureFor(deprecateApiVersion),
  restore: procedureFor(restoreApiVersion),
  retire: procedureFor(retireApiVersion),
  revisions: procedureFor(listRevisions),
  diff: procedureFor(diffRevisions),
  rollback: procedureFor(rollbackApiVersion),
  variants: procedureFor(compareVariants),
  experiment: procedureFor(experimentResults),
  cacheByMeaning: procedureFor(cacheByMeaning),
  aliases: procedureFor(listApiAliases),
  setAlias: procedureFor(setApiAlias),
  moveAliasBack: procedureFor(moveBackApiAlias),
  removeAlias: procedureFor(removeApiAlias),
  plans: procedureFor(listPlans),
  createPlan: procedureFor(createPlan),
  updatePlan: procedureFor(updatePlan),
  archivePlan: procedureFor(archivePlan),
  planPrices: procedureFor(planPrices),
  setPlanPrice: procedureFor(setPlanPrice),
  simulatePrice: procedureFor(simulatePlanPrice),
  explain: procedureFor(explainApiVersion),
  subscriptions: procedureFor(readInbox),
  policies: procedureFor(listPolicies),
  tryMapping: procedureFor(tryMapping),
  models: procedureFor(listModels),
  prompts: procedureFor(listPrompts),
  promptVersions: procedureFor(promptVersions),
  promptLabels: procedureFor(listPromptLabels),
  upstreams: procedureFor(listUpstreams),
  deliveries: procedureFor(listDeliveries),
  delivery: procedureFor(getDelivery),
  replayDelivery: procedureFor(replayDelivery),
  replayFailed: procedureFor(replayFailedDeliveries),
  cancelDelivery: procedureFor(cancelDelivery),
  destinations: procedureFor(listWebhookDestinations),
  enableDestination: procedureFor(enableWebhookDestination),
  rotateDestinationSecret: procedureFor(rotateWebhookSecret),
});
