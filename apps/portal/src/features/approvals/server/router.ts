import { approveSubscription } from '@parley/services/subscriptions/approve';
import { decideSubscriptions } from '@parley/services/subscriptions/decide';
import { readInbox } from '@parley/services/subscriptions/inbox';
import { refuseSubscription } from '@parley/services/subscriptions/refuse';
import { resumeSubscription } from '@parley/services/subscriptions/resume';
import { revokeSubscription } from '@parley/services/subscriptions/revoke';
import { suspendSubscription } from '@parley/services/subscriptions/suspend';
import { t } from '../../../trpc/init.ts';
import { procedureFor } from '../../../trpc/procedure.ts';

export const approvalsRouter = t.router({
  inbox: procedureFor(readInbox),
  approve: procedureFor(approveSubscription),
  refuse: procedureFor(refuseSubscription),
  suspend: procedureFor(suspendSubscription),
  resume: procedureFor(resumeSubscription),
  revoke: procedureFor(revokeSubscription),
  decide: procedureFor(decideSubscriptions),
});
