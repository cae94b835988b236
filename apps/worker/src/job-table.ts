import type { JobName } from '@parley/contracts/jobs';
import type { AnyJob } from './job.ts';
import { billingAccrue } from './jobs/billing-accrue/handle.ts';
import { billingClose } from './jobs/billing-close/handle.ts';
import { bodiesStore } from './jobs/bodies-store/handle.ts';
import { budgetEvaluate } from './jobs/budget-evaluate/handle.ts';
import { callbackAccept } from './jobs/callback-accept/handle.ts';
import { canaryRolledBack } from './jobs/canary-rolled-back/handle.ts';
import { contextIngest } from './jobs/context-ingest/handle.ts';
import { contextList } from './jobs/context-list/handle.ts';
import { contextLoad } from './jobs/context-load/handle.ts';
import { eventAccept } from './jobs/event-accept/handle.ts';
import { expirySweep } from './jobs/expiry-sweep/handle.ts';
import { feedbackStore } from './jobs/feedback-store/handle.ts';
import { knowledgeIngest } from './jobs/knowledge-ingest/handle.ts';
import { knowledgeSearch } from './jobs/knowledge-search/handle.ts';
import { limitsCorrect } from './jobs/limits-correct/handle.ts';
import { limitsRebuild } from './jobs/limits-rebuild/handle.ts';
import { mailSend } from './jobs/mail-send/handle.ts';
import { notifyMembers } from './jobs/notify-members/handle.ts';
import { partitionMaintain } from './jobs/partition-maintain/handle.ts';
import { promptRun } from './jobs/prompt-run/handle.ts';
import { providerKeyHealth } from './jobs/provider-key-health/handle.ts';
import { snapshotApplication } from './jobs/snapshot-application/handle.ts';
import { snapshotRepublish } from './jobs/snapshot-republish/handle.ts';
import { snapshotTenant } from './jobs/snapshot-tenant/handle.ts';
import { checksRun } from './jobs/standing-checks/handle.ts';
import { stripeSync } from './jobs/stripe-sync/handle.ts';
import { usageIngest } from './jobs/usage-ingest/handle.ts';
import { usageRollup } from './jobs/usage-rollup/handle.ts';

/** Every job and what is done for it. Where it runs and how it is retried: contracts' `JOBS`, jobs' `JOB_RULES`. */
export const JOB_TABLE: Readonly<Record<JobName, AnyJob>> = {
  'snapshot.tenant': snapshotTenant,
  'snapshot.application': snapshotApplication,
  'snapshot.republish': snapshotRepublish,
  'usage.ingest': usageIngest,
  'usage.rollup': usageRollup,
  'checks.run': checksRun,
  'mail.send': mailSend,
  'notify.members': notifyMembers,
  'canary.rolledBack': canaryRolledBack,
  'event.accept': eventAccept,
  'callback.accept': callbackAccept,
  'prompt.run': promptRun,
  'knowledge.ingest': knowledgeIngest,
  'knowledge.search': knowledgeSearch,
  'feedback.store': feedbackStore,
  'bodies.store': bodiesStore,
  'context.ingest': contextIngest,
  'context.load': contextLoad,
  'context.list': contextList,
  'providerKey.health': providerKeyHealth,
  'billing.accrue': billingAccrue,
  'limits.rebuild': limitsRebuild,
  'limits.correct': limitsCorrect,
  'stripe.sync': stripeSync,
  'billing.close': billingClose,
  'budget.evaluate': budgetEvaluate,
  'expiry.sweep': expirySweep,
  'partition.maintain': partitionMaintain,
};
