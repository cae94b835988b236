import type { SubscriptionState } from '@parley/contracts/snapshot';
import { moveTo } from '@parley/domain/lifecycle';
import { SUBSCRIPTION_LIFECYCLE, type SubscriptionMove } from '@parley/domain/subscription-lifecycle';
import { must } from '@parley/kernel/assert';
import { Fault } from '@parley/kernel/fault';
import type { Work } from '../verb.ts';

export interface Decision {
  readonly id: string;
  readonly move: Exclude<SubscriptionMove, 'cancel' | 'expire'>;
  readonly reason: string;
  /** Only with `approve`: when the subscription ends by itself. */
  readonly expiresAt?: string | undefined;
}

/** What each decision is called in notices, and what it means for the applicant. */
const WORDS: Readonly<Record<Decision['move'], { did: string; means: string }>> = {
  approve: { did: 'approved', means: 'Calls with the application’s keys are answered from now on.' },
  refuse: { did: 'refused', means: 'You may ask again, with what the reason asks for.' },
  suspend: { did: 'paused', means: 'Calls are refused until the publisher resumes it.' },
  resume: { did: 'resumed', means: 'Calls are answered again.' },
  revoke: { did: 'revoked', means: 'Calls are refused from now on. You may ask again.' },
};

/**
 * One decision of the publisher on one subscription: checked against the lifecycle, made only if nobody decided in
 * between, audited, sent to the gateway and told to the applicant. Throws `not_found`, or `invalid_state` naming who
 * decided before.
 */
export async function decideOne(work: Work<unknown>, decision: Decision): Promise<void> {
  const { tx, tenantId, context } = work;
  const mine = { tenantId, id: decision.id };
  const row = await tx.subscription.findFirst({ where: mine, include: { api: true, plan: true, application: true } });
  if (!row) throw new Fault('not_found', 'There is no such request at this tenant.');
  const expiresAt = decision.expiresAt ? new Date(decision.expiresAt) : null;
  if (expiresAt && expiresAt.getTime() <= Date.now()) {
    throw new Fault('invalid_input', 'The end lies in the past.', [
      { path: 'expiresAt', message: 'Choose a later time.' },
    ]);
  }
  const state = moveTo(SUBSCRIPTION_LIFECYCLE, row.state, decision.move);
  if (!state) throw await settledBefore(work, decision);
  const moved = await tx.subscription.updateMany({
    where: { ...mine, state: row.state },
    data: {
      state,
      decidedById: context.userId,
      decidedAt: new Date(),
      decisionReason: decision.reason,
      ...(decision.move === 'approve' ? { expiresAt } : {}),
    },
  });
  if (moved.count !== 1) throw await settledBefore(work, decision);

  await work.audit({
    action: `subscriptions.${decision.move}`,
    subject: { kind: 'subscription', id: row.id, label: `${row.application.name} → ${row.api.name}` },
    detail: {
      move: decision.move,
      from: row.state,
      to: state,
      reason: decision.reason,
      ...(expiresAt ? { expiresAt } : {}),
    },
  });
  await work.announce('snapshot.application', { tenantId: row.consumerTenantId, applicationId: row.applicationId });
  await tellApplicant(work, row, decision);
}

/** The fault for a decision that comes too late: how the request stands, who decided and when. */
async function settledBefore({ tx, tenantId }: Work<unknown>, { id }: Decision): Promise<Fault> {
  const row = must(await tx.subscription.findFirst({ where: { tenantId, id } }), 'the subscription just read');
  const decider = row.decidedById ? await tx.user.findUnique({ where: { id: row.decidedById } }) : null;
  const who = decider ? ` by ${decider.name}` : '';
  const when =
    row.decidedAt && row.state !== 'cancelled'
      ? ` on ${row.decidedAt.toISOString().slice(0, 16).replace('T', ' at ')} UTC`
      : '';
  return new Fault(
    'invalid_state',
    `${STANDS[row.state]}${row.state === 'cancelled' ? '' : who}${when}. Reload to see how it stands.`,
  );
}

const STANDS: Readonly<Record<SubscriptionState, string>> = {
  requested: 'This request still waits for a decision',
  approved: 'This was approved already',
  refused: 'This was refused already',
  suspended: 'This is paused',
  revoked: 'This was revoked already',
  expired: 'This has expired',
  cancelled: 'The applicant cancelled this',
};

async function tellApplicant(
  { tx, tenantId, announce }: Work<unknown>,
  row: {
    consumerTenantId: string;
    requestedById: string | null;
    api: { name: string };
    plan: { name: string };
    application: { name: string; slug: string };
  },
  { move, reason }: Decision,
): Promise<void> {
  const publisher = await tx.tenant.findUniqueOrThrow({ where: { id: tenantId } });
  const consumer = await tx.tenant.findUniqueOrThrow({ where: { id: row.consumerTenantId } });
  const { did, means } = WORDS[move];
  await announce('notify.members', {
    tenantId: row.consumerTenantId,
    permission: row.requestedById ? null : 'applications.write',
    userId: row.requestedById,
    kind: `subscription.${did}`,
    title: `${publisher.name} ${did} ${row.application.name}’s access to ${row.api.name}`,
    body: `${reason ? `Reason: ${reason}\n` : ''}Plan: ${row.plan.name}\n${means}`,
    href: `/t/${consumer.slug}/applications/${row.application.slug}`,
    mail: true,
  });
}
