import { addIdentity } from '@parley/services/applications/add-identity';
import { cancelBatch } from '@parley/services/applications/cancel-batch';
import { createApplication } from '@parley/services/applications/create';
import { deleteApplication } from '@parley/services/applications/delete';
import { getApplication } from '@parley/services/applications/get';
import { listApplications } from '@parley/services/applications/list';
import { listBatches } from '@parley/services/applications/list-batches';
import { listCallbacks } from '@parley/services/applications/list-callbacks';
import { listIdentities } from '@parley/services/applications/list-identities';
import { listJobs } from '@parley/services/applications/list-jobs';
import { readBatch } from '@parley/services/applications/read-batch';
import { removeIdentity } from '@parley/services/applications/remove-identity';
import { replayCallback } from '@parley/services/applications/replay-callback';
import { updateApplication } from '@parley/services/applications/update';
import { createKey } from '@parley/services/keys/create';
import { keyImpact } from '@parley/services/keys/impact';
import { listKeys } from '@parley/services/keys/list';
import { revokeKey } from '@parley/services/keys/revoke';
import { rotateKey } from '@parley/services/keys/rotate';
import { updateKey } from '@parley/services/keys/update';
import { cancelSubscription } from '@parley/services/subscriptions/cancel';
import { changeSubscriptionPlan } from '@parley/services/subscriptions/change-plan';
import { listSubscriptions } from '@parley/services/subscriptions/list';
import { previewSubscriptionPlan } from '@parley/services/subscriptions/preview-plan';
import { requestSubscription } from '@parley/services/subscriptions/request';
import { listWebhookSecrets } from '@parley/services/webhook-secrets/list';
import { removeWebhookSecret } from '@parley/services/webhook-secrets/remove';
import { setWebhookSecret } from '@parley/services/webhook-secrets/set';
import { t } from '../../../trpc/init.ts';
import { procedureFor } from '../../../trpc/procedure.ts';

export const applicationsRouter = t.router({
  list: procedureFor(listApplications),
  get: procedureFor(getApplication),
  create: procedureFor(createApplication),
  update: procedureFor(updateApplication),
  delete: procedureFor(deleteApplication),
  keys: t.router({
    list: procedureFor(listKeys),
    impact: procedureFor(keyImpact),
    create: procedureFor(createKey),
    rotate: procedureFor(rotateKey),
    revoke: procedureFor(revokeKey),
    update: procedureFor(updateKey),
  }),
  jobs: procedureFor(listJobs),
  batches: t.router({
    list: procedureFor(listBatches),
    cancel: procedureFor(cancelBatch),
    read: procedureFor(readBatch),
  }),
  callbacks: procedureFor(listCallbacks),
  replayCallback: procedureFor(replayCallback),
  webhookSecrets: t.router({
    list: procedureFor(listWebhookSecrets),
    set: procedureFor(setWebhookSecret),
    remove: procedureFor(removeWebhookSecret),
  }),
  identities: t.router({
    list: procedureFor(listIdentities),
    add: procedureFor(addIdentity),
    remove: procedureFor(removeIdentity),
  }),
  subscriptions: t.router({
    list: procedureFor(listSubscriptions),
    request: procedureFor(requestSubscription),
    cancel: procedureFor(cancelSubscription),
    changePlan: procedureFor(changeSubscriptionPlan),
    previewPlan: procedureFor(previewSubscriptionPlan),
  }),
});
