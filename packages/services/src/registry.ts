import { listApiAliases } from './api-aliases/list.ts';
import { moveBackApiAlias } from './api-aliases/move-back.ts';
import { removeApiAlias } from './api-aliases/remove.ts';
import { setApiAlias } from './api-aliases/set.ts';
import { cacheByMeaning } from './api-versions/cache-by-meaning.ts';
import { compareVariants } from './api-versions/compare-variants.ts';
import { createApiVersion } from './api-versions/create.ts';
import { deprecateApiVersion } from './api-versions/deprecate.ts';
import { diffRevisions } from './api-versions/diff.ts';
import { experimentResults } from './api-versions/experiment-results.ts';
import { explainApiVersion } from './api-versions/explain.ts';
import { getApiVersion } from './api-versions/get.ts';
import { importOpenapi } from './api-versions/import-openapi.ts';
import { listApiVersions } from './api-versions/list.ts';
import { publishApiVersion } from './api-versions/publish.ts';
import { purgeCache } from './api-versions/purge-cache.ts';
import { restoreApiVersion } from './api-versions/restore.ts';
import { retireApiVersion } from './api-versions/retire.ts';
import { listRevisions } from './api-versions/revisions.ts';
import { rollbackApiVersion } from './api-versions/rollback.ts';
import { setDefinition } from './api-versions/set-definition.ts';
import { setPolicies } from './api-versions/set-policies.ts';
import { submitApiVersion } from './api-versions/submit.ts';
import { updateApiVersion } from './api-versions/update.ts';
import { withdrawApiVersion } from './api-versions/withdraw.ts';
import { createApi } from './apis/create.ts';
import { deleteApi } from './apis/delete.ts';
import { getApi } from './apis/get.ts';
import { listApis } from './apis/list.ts';
import { updateApi } from './apis/update.ts';
import { addIdentity } from './applications/add-identity.ts';
import { cancelBatch } from './applications/cancel-batch.ts';
import { createApplication } from './applications/create.ts';
import { deleteApplication } from './applications/delete.ts';
import { getApplication } from './applications/get.ts';
import { listApplications } from './applications/list.ts';
import { listBatches } from './applications/list-batches.ts';
import { listCallbacks } from './applications/list-callbacks.ts';
import { listIdentities } from './applications/list-identities.ts';
import { listJobs } from './applications/list-jobs.ts';
import { readBatch } from './applications/read-batch.ts';
import { removeIdentity } from './applications/remove-identity.ts';
import { replayCallback } from './applications/replay-callback.ts';
import { updateApplication } from './applications/update.ts';
import { auditChoices } from './audit/choices.ts';
import { listAudit } from './audit/list.ts';
import { exemptBillingAccount } from './billing-accounts/exempt.ts';
import { getBillingAccount } from './billing-accounts/get.ts';
import { readLedger } from './billing-accounts/ledger.ts';
import { listBillingAccounts } from './billing-accounts/list.ts';
import { mineBillingAccounts } from './billing-accounts/mine.ts';
import { setBillingDetails } from './billing-accounts/set-details.ts';
import { getBillingProfile } from './billing-profile/get.ts';
import { setBillingProfile } from './billing-profile/set.ts';
import { archiveBudget } from './budgets/archive.ts';
import { createBudget } from './budgets/create.ts';
import { decideBudgetIncrease } from './budgets/decide-increase.ts';
import { explainBudgetRefusal } from './budgets/explain.ts';
import { listBudgets } from './budgets/list.ts';
import { requestBudgetIncrease } from './budgets/request-increase.ts';
import { updateBudget } from './budgets/update.ts';
import { getCatalogueApi } from './catalogue/get.ts';
import { listCatalogue } from './catalogue/list.ts';
import { createCollection } from './collections/create.ts';
import { deleteCollection } from './collections/delete.ts';
import { getCollection } from './collections/get.ts';
import { listCollections } from './collections/list.ts';
import { searchCollection } from './collections/search.ts';
import { updateCollection } from './collections/update.ts';
import { archiveContextSession } from './context-sessions/archive.ts';
import { deleteContextSession } from './context-sessions/delete.ts';
import { getContextSession } from './context-sessions/get.ts';
import { listContextSessions } from './context-sessions/list.ts';
import { previewContextSession } from './context-sessions/preview.ts';
import { readContextSession } from './context-sessions/read.ts';
import { restoreContextSession } from './context-sessions/restore.ts';
import { updateContextSession } from './context-sessions/update.ts';
import { exportCosts } from './costs/export.ts';
import { reportMargin } from './costs/margin.ts';
import { reportCosts } from './costs/report.ts';
import { giveCredit } from './credit-grants/give.ts';
import { listCreditGrants } from './credit-grants/list.ts';
import { voidCredit } from './credit-grants/void.ts';
import { downloadCreditNote } from './credit-notes/download.ts';
import { listCreditNotes } from './credit-notes/list.ts';
import { dismissDeadLetter } from './dead-letters/dismiss.ts';
import { listDeadLetters } from './dead-letters/list.ts';
import { retryDeadLetter } from './dead-letters/retry.ts';
import { applyDeclaration } from './declarations/apply.ts';
import { diffDeclaration } from './declarations/diff.ts';
import { exportDeclaration } from './declarations/export.ts';
import { cancelDelivery } from './deliveries/cancel.ts';
import { getDelivery } from './deliveries/get.ts';
import { listDeliveries } from './deliveries/list.ts';
import { replayDelivery } from './deliveries/replay.ts';
import { replayFailedDeliveries } from './deliveries/replay-failed.ts';
import { addDocument } from './documents/add.ts';
import { getDocument } from './documents/get.ts';
import { listDocuments } from './documents/list.ts';
import { refreshDocument } from './documents/refresh.ts';
import { removeDocument } from './documents/remove.ts';
import { askGuardrails } from './guardrails/ask.ts';
import { listGuardrails } from './guardrails/list.ts';
import { tryGuardrails } from './guardrails/try.ts';
import { readOverview } from './home/overview.ts';
import { addHost } from './hosts/add.ts';
import { listHosts } from './hosts/list.ts';
import { removeHost } from './hosts/remove.ts';
import { verifyHost } from './hosts/verify.ts';
import { acceptInvitation } from './invitations/accept.ts';
import { acceptInvitationAsNew } from './invitations/accept-as-new.ts';
import { createInvitation } from './invitations/create.ts';
import { listInvitations } from './invitations/list.ts';
import { previewInvitation } from './invitations/preview.ts';
import { resendInvitation } from './invitations/resend.ts';
import { revokeInvitation } from './invitations/revoke.ts';
import { creditInvoice } from './invoices/credit.ts';
import { downloadInvoice } from './invoices/download.ts';
import { getInvoice } from './invoices/get.ts';
import { listInvoices } from './invoices/list.ts';
import { mineInvoices } from './invoices/mine.ts';
import { previewInvoice } from './invoices/preview.ts';
import { recordInvoicePayment } from './invoices/record-payment.ts';
import { verifyInvoice } from './invoices/verify.ts';
import { voidInvoice } from './invoices/void.ts';
import { writeOffInvoice } from './invoices/write-off.ts';
import { createKey } from './keys/create.ts';
import { keyImpact } from './keys/impact.ts';
import { listKeys } from './keys/list.ts';
import { revokeKey } from './keys/revoke.ts';
import { rotateKey } from './keys/rotate.ts';
import { updateKey } from './keys/update.ts';
import { createManagementToken } from './management-tokens/create.ts';
import { listManagementTokens } from './management-tokens/list.ts';
import { revokeManagementToken } from './management-tokens/revoke.ts';
import { changeMemberRole } from './members/change-role.ts';
import { leaveMembers } from './members/leave.ts';
import { listMembers } from './members/list.ts';
import { removeMember } from './members/remove.ts';
import { listCatalogueModels } from './model-catalogue/list.ts';
import { addModelPrice } from './model-prices/add.ts';
import { listModelPrices } from './model-prices/list.ts';
import { addModelsFromCatalogue } from './models/add-from-catalogue.ts';
import { createModel } from './models/create.ts';
import { disableModel } from './models/disable.ts';
import { enableModel } from './models/enable.ts';
import { getModel } from './models/get.ts';
import { listModels } from './models/list.ts';
import { previewModelRequest } from './models/preview-request.ts';
import { updateModel } from './models/update.ts';
import { countUnreadNotifications } from './notifications/count-unread.ts';
import { listNotifications } from './notifications/list.ts';
import { markReadNotifications } from './notifications/mark-read.ts';
import { explainPartyToken } from './party-tokens/explain.ts';
import { inspectPartyToken } from './party-tokens/inspect.ts';
import { issuePartyToken } from './party-tokens/issue.ts';
import { listPartyTokens } from './party-tokens/list.ts';
import { revokePartyToken } from './party-tokens/revoke.ts';
import { buyCredit } from './payments/buy-credit.ts';
import { checkoutPlan } from './payments/checkout-plan.ts';
import { keepCard } from './payments/keep-card.ts';
import { openPaymentPortal } from './payments/open-portal.ts';
import { overviewPayments } from './payments/overview.ts';
import { changePassword } from './people/change-password.ts';
import { getPerson } from './people/get.ts';
import { signOutEverywhere } from './people/sign-out-everywhere.ts';
import { signUp } from './people/sign-up.ts';
import { updatePerson } from './people/update.ts';
import { archivePlan } from './plans/archive.ts';
import { createPlan } from './plans/create.ts';
import { listPlans } from './plans/list.ts';
import { planPrices } from './plans/prices.ts';
import { setPlanPrice } from './plans/set-price.ts';
import { simulatePlanPrice } from './plans/simulate-price.ts';
import { updatePlan } from './plans/update.ts';
import { listPolicies } from './policies/list.ts';
import { tryMapping } from './policies/try-mapping.ts';
import { getPromptDataset } from './prompt-datasets/get.ts';
import { listPromptDatasets } from './prompt-datasets/list.ts';
import { removePromptDataset } from './prompt-datasets/remove.ts';
import { savePromptDataset } from './prompt-datasets/save.ts';
import { listPromptLabels } from './prompt-labels/list.ts';
import { moveBackPromptLabel } from './prompt-labels/move-back.ts';
import { removePromptLabel } from './prompt-labels/remove.ts';
import { setPromptLabel } from './prompt-labels/set.ts';
import { listPromptPartials } from './prompt-partials/list.ts';
import { savePromptPartial } from './prompt-partials/save.ts';
import { promptPartialUsers } from './prompt-partials/users.ts';
import { promptPartialVersions } from './prompt-partials/versions.ts';
import { getPromptRun } from './prompt-runs/get.ts';
import { listPromptRuns } from './prompt-runs/list.ts';
import { resumePromptRun } from './prompt-runs/resume.ts';
import { startPromptRun } from './prompt-runs/start.ts';
import { stopPromptRun } from './prompt-runs/stop.ts';
import { createPrompt } from './prompts/create.ts';
import { diffPrompt } from './prompts/diff.ts';
import { getPrompt } from './prompts/get.ts';
import { listPrompts } from './prompts/list.ts';
import { previewPrompt } from './prompts/preview.ts';
import { publishPrompt } from './prompts/publish.ts';
import { rollbackPrompt } from './prompts/rollback.ts';
import { savePromptVersion } from './prompts/save-version.ts';
import { updatePrompt } from './prompts/update.ts';
import { promptVersions } from './prompts/versions.ts';
import { addProviderKey } from './provider-keys/add.ts';
import { removeProviderKey } from './provider-keys/remove.ts';
import { updateProviderKey } from './provider-keys/update.ts';
import { createProvider } from './providers/create.ts';
import { deleteProvider } from './providers/delete.ts';
import { getProvider } from './providers/get.ts';
import { listProviders } from './providers/list.ts';
import { listProviderPresets } from './providers/list-presets.ts';
import { reconcileProvider } from './providers/reconcile.ts';
import { testProvider } from './providers/test.ts';
import { updateProvider } from './providers/update.ts';
import { exportRequests } from './requests/export.ts';
import { getRequest } from './requests/get.ts';
import { listRequests } from './requests/list.ts';
import { readBodies } from './requests/read-bodies.ts';
import { tailRequests } from './requests/tail.ts';
import { createRole } from './roles/create.ts';
import { deleteRole } from './roles/delete.ts';
import { listRoles } from './roles/list.ts';
import { updateRole } from './roles/update.ts';
import { getSession } from './sessions/get.ts';
import { listSessions } from './sessions/list.ts';
import { listStandingChecks } from './standing-checks/list.ts';
import { downloadStatement } from './statements/download.ts';
import { getStatement } from './statements/get.ts';
import { listStatements } from './statements/list.ts';
import { listStripeEvents } from './stripe-events/list.ts';
import { retryStripeEvent } from './stripe-events/retry.ts';
import { approveSubscription } from './subscriptions/approve.ts';
import { cancelSubscription } from './subscriptions/cancel.ts';
import { changeSubscriptionPlan } from './subscriptions/change-plan.ts';
import { decideSubscriptions } from './subscriptions/decide.ts';
import { readInbox } from './subscriptions/inbox.ts';
import { listSubscriptions } from './subscriptions/list.ts';
import { previewSubscriptionPlan } from './subscriptions/preview-plan.ts';
import { refuseSubscription } from './subscriptions/refuse.ts';
import { requestSubscription } from './subscriptions/request.ts';
import { resumeSubscription } from './subscriptions/resume.ts';
import { revokeSubscription } from './subscriptions/revoke.ts';
import { suspendSubscription } from './subscriptions/suspend.ts';
import { systemHealth } from './system/health.ts';
import { archiveTaxRate } from './tax-rates/archive.ts';
import { createTaxRate } from './tax-rates/create.ts';
import { listTaxRates } from './tax-rates/list.ts';
import { addTeamMember } from './teams/add-member.ts';
import { createTeam } from './teams/create.ts';
import { deleteTeam } from './teams/delete.ts';
import { listTeams } from './teams/list.ts';
import { removeTeamMember } from './teams/remove-member.ts';
import { createTenant } from './tenants/create.ts';
import { getTenant } from './tenants/get.ts';
import { listTenants } from './tenants/list.ts';
import { updateTenant } from './tenants/update.ts';
import { createUpstream } from './upstreams/create.ts';
import { deleteUpstream } from './upstreams/delete.ts';
import { getUpstream } from './upstreams/get.ts';
import { listUpstreams } from './upstreams/list.ts';
import { listUpstreamOptions } from './upstreams/list-options.ts';
import { updateUpstream } from './upstreams/update.ts';
import { usageBreakdown } from './usage/breakdown.ts';
import { usageSeries } from './usage/series.ts';
import { usageSummary } from './usage/summary.ts';
import type { AnyVerb } from './verb.ts';

/**
 * Every verb, by name. The management API, its OpenAPI document and the cross-tenant tests walk this list; a verb that
 * is not here does not exist for scripts.
 */ import { enableWebhookDestination } from './webhook-destinations/enable.ts';
import { listWebhookDestinations } from './webhook-destinations/list.ts';
import { rotateWebhookSecret } from './webhook-destinations/rotate-secret.ts';
import { listWebhookSecrets } from './webhook-secrets/list.ts';
import { removeWebhookSecret } from './webhook-secrets/remove.ts';
import { setWebhookSecret } from './webhook-secrets/set.ts';

export const VERBS: readonly AnyVerb[] = [
  // catalogue
  getCatalogueApi,
  listCatalogue,
  // applications
  addIdentity,
  cancelBatch,
  createApplication,
  deleteApplication,
  getApplication,
  listApplications,
  listBatches,
  listIdentities,
  listCallbacks,
  listJobs,
  readBatch,
  replayCallback,
  removeIdentity,
  updateApplication,
  // subscriptions
  approveSubscription,
  cancelSubscription,
  changeSubscriptionPlan,
  previewSubscriptionPlan,
  decideSubscriptions,
  readInbox,
  listSubscriptions,
  refuseSubscription,
  requestSubscription,
  resumeSubscription,
  revokeSubscription,
  suspendSubscription,
  // home
  readOverview,
  // keys
  createKey,
  keyImpact,
  listKeys,
  revokeKey,
  rotateKey,
  updateKey,
  // providers
  createProvider,
  deleteProvider,
  getProvider,
  listProviders,
  listProviderPresets,
  testProvider,
  updateProvider,
  // provider-keys
  addProviderKey,
  removeProviderKey,
  updateProviderKey,
  // model-catalogue
  listCatalogueModels,
  // models
  addModelsFromCatalogue,
  createModel,
  disableModel,
  enableModel,
  getModel,
  listModels,
  previewModelRequest,
  updateModel,
  // model-prices
  addModelPrice,
  listModelPrices,
  // upstreams
  createUpstream,
  deleteUpstream,
  getUpstream,
  listUpstreams,
  listUpstreamOptions,
  updateUpstream,
  cancelDelivery,
  getDelivery,
  listDeliveries,
  replayDelivery,
  replayFailedDeliveries,
  enableWebhookDestination,
  listWebhookDestinations,
  rotateWebhookSecret,
  listWebhookSecrets,
  removeWebhookSecret,
  setWebhookSecret,
  // prompts
  previewPrompt,
  publishPrompt,
  createPrompt,
  diffPrompt,
  getPrompt,
  listPrompts,
  savePromptVersion,
  updatePrompt,
  promptVersions,
  rollbackPrompt,
  // prompt-datasets
  getPromptDataset,
  listPromptDatasets,
  removePromptDataset,
  savePromptDataset,
  // prompt-runs
  getPromptRun,
  listPromptRuns,
  resumePromptRun,
  startPromptRun,
  stopPromptRun,
  // prompt-labels
  listPromptLabels,
  moveBackPromptLabel,
  removePromptLabel,
  setPromptLabel,
  // prompt-partials
  listPromptPartials,
  promptPartialUsers,
  promptPartialVersions,
  savePromptPartial,
  // apis
  createApi,
  deleteApi,
  getApi,
  listApis,
  updateApi,
  // hosts
  addHost,
  listHosts,
  removeHost,
  verifyHost,
  // api-aliases
  listApiAliases,
  moveBackApiAlias,
  removeApiAlias,
  setApiAlias,
  // api-versions
  cacheByMeaning,
  compareVariants,
  experimentResults,
  createApiVersion,
  deprecateApiVersion,
  diffRevisions,
  explainApiVersion,
  getApiVersion,
  listApiVersions,
  publishApiVersion,
  purgeCache,
  restoreApiVersion,
  retireApiVersion,
  listRevisions,
  rollbackApiVersion,
  importOpenapi,
  setDefinition,
  setPolicies,
  submitApiVersion,
  updateApiVersion,
  withdrawApiVersion,
  // plans
  archivePlan,
  createPlan,
  listPlans,
  planPrices,
  setPlanPrice,
  simulatePlanPrice,
  updatePlan,
  // policies
  listPolicies,
  tryMapping,
  // guardrails
  askGuardrails,
  listGuardrails,
  tryGuardrails,
  // declarations
  applyDeclaration,
  diffDeclaration,
  exportDeclaration,
  // management-tokens
  createManagementToken,
  listManagementTokens,
  revokeManagementToken,
  // audit
  auditChoices,
  listAudit,
  // invitations
  acceptInvitation,
  acceptInvitationAsNew,
  createInvitation,
  listInvitations,
  previewInvitation,
  resendInvitation,
  revokeInvitation,
  // members
  changeMemberRole,
  leaveMembers,
  listMembers,
  removeMember,
  // notifications
  countUnreadNotifications,
  listNotifications,
  markReadNotifications,
  // people
  changePassword,
  getPerson,
  signOutEverywhere,
  signUp,
  updatePerson,
  // roles
  createRole,
  deleteRole,
  listRoles,
  updateRole,
  // teams
  addTeamMember,
  createTeam,
  deleteTeam,
  listTeams,
  removeTeamMember,
  // tenants
  createTenant,
  getTenant,
  listTenants,
  updateTenant,
  // usage
  usageBreakdown,
  usageSeries,
  usageSummary,
  // sessions
  getSession,
  listSessions,
  // context-sessions
  archiveContextSession,
  deleteContextSession,
  getContextSession,
  listContextSessions,
  previewContextSession,
  readContextSession,
  restoreContextSession,
  updateContextSession,
  // party-tokens
  explainPartyToken,
  inspectPartyToken,
  issuePartyToken,
  listPartyTokens,
  revokePartyToken,
  // requests
  readBodies,
  exportRequests,
  getRequest,
  listRequests,
  tailRequests,
  // dead-letters
  dismissDeadLetter,
  listDeadLetters,
  retryDeadLetter,
  // payments
  overviewPayments,
  buyCredit,
  checkoutPlan,
  keepCard,
  openPaymentPortal,
  listStripeEvents,
  retryStripeEvent,
  // system
  systemHealth,
  listStandingChecks,
  // money
  getBillingAccount,
  readLedger,
  listBillingAccounts,
  mineBillingAccounts,
  setBillingDetails,
  exemptBillingAccount,
  getBillingProfile,
  setBillingProfile,
  archiveTaxRate,
  createTaxRate,
  listTaxRates,
  giveCredit,
  listCreditGrants,
  voidCredit,
  creditInvoice,
  downloadInvoice,
  getInvoice,
  listInvoices,
  mineInvoices,
  recordInvoicePayment,
  verifyInvoice,
  voidInvoice,
  previewInvoice,
  downloadCreditNote,
  listCreditNotes,
  writeOffInvoice,
  // budgets
  archiveBudget,
  createBudget,
  decideBudgetIncrease,
  explainBudgetRefusal,
  listBudgets,
  requestBudgetIncrease,
  updateBudget,
  // costs
  exportCosts,
  reportCosts,
  reportMargin,
  reconcileProvider,
  // knowledge
  createCollection,
  deleteCollection,
  getCollection,
  listCollections,
  searchCollection,
  updateCollection,
  addDocument,
  getDocument,
  listDocuments,
  refreshDocument,
  removeDocument,
  // statements
  downloadStatement,
  getStatement,
  listStatements,
];
