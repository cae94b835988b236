import { createApplication } from './applications/create.ts';
import { deleteApplication } from './applications/delete.ts';
import { getApplication } from './applications/get.ts';
import { listApplications } from './applications/list.ts';
import { updateApplication } from './applications/update.ts';
import { getCatalogueApi } from './catalogue/get.ts';
import { listCatalogue } from './catalogue/list.ts';
import { createKey } from './keys/create.ts';
import { keyImpact } from './keys/impact.ts';
import { listKeys } from './keys/list.ts';
import { revokeKey } from './keys/revoke.ts';
import { rotateKey } from './keys/rotate.ts';
import { updateKey } from './keys/update.ts';
import { approveSubscription } from './subscriptions/approve.ts';
import { cancelSubscription } from './subscriptions/cancel.ts';
import { decideSubscriptions } from './subscriptions/decide.ts';
import { readInbox } from './subscriptions/inbox.ts';
import { listSubscriptions } from './subscriptions/list.ts';
import { refuseSubscription } from './subscriptions/refuse.ts';
import { requestSubscription } from './subscriptions/request.ts';
import { resumeSubscription } from './subscriptions/resume.ts';
import { revokeSubscription } from './subscriptions/revoke.ts';
import { suspendSubscription } from './subscriptions/suspend.ts';
import type { AnyVerb } from './verb.ts';

/**
 * Every verb, by name. The management API, its OpenAPI document and the cross-tenant tests walk this list; a verb that
 * is not here does not exist for scripts.
 */
export const VERBS: readonly AnyVerb[] = [
  // catalogue
  getCatalogueApi,
  listCatalogue,
  // applications
  createApplication,
  deleteApplication,
  getApplication,
  listApplications,
  updateApplication,
  // subscriptions
  approveSubscription,
  cancelSubscription,
  decideSubscriptions,
  readInbox,
  listSubscriptions,
  refuseSubscription,
  requestSubscription,
  resumeSubscription,
  revokeSubscription,
  suspendSubscription,
  // keys
  createKey,
  keyImpact,
  listKeys,
  revokeKey,
  rotateKey,
  updateKey,
];
