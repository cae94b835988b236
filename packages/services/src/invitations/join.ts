import type { JobPayload } from '@parley/contracts/jobs';
import type { Transaction } from '@parley/db/client';
import { isUniqueViolation } from '@parley/db/errors';
import { Fault } from '@parley/kernel/fault';
import { newId } from '@parley/kernel/id';
import { mustBePending } from './invitation-shape.ts';

interface Joining {
  readonly invitation: { tenantId: string; id: string; roleId: string; state: string; expiresAt: Date };
  readonly person: { id: string; name: string; email: string };
  readonly tenant: { slug: string; name: string };
}

/**
 * Turns a pending invitation into a membership, inside the invitation's tenant. Of two at once, one succeeds. Throws
 * `invalid_state` when it cannot be accepted any more, `conflict` when the person is a member already.
 */
export async function join(tx: Transaction, { invitation, person }: Joining, nowMs: number): Promise<void> {
  mustBePending(invitation, nowMs);
  const { tenantId } = invitation;
  const { count } = await tx.invitation.updateMany({
    where: { tenantId, id: invitation.id, state: 'pending' },
    data: { state: 'accepted', acceptedAt: new Date(nowMs) },
  });
  if (count === 0) throw new Fault('invalid_state', 'This invitation has been accepted already.');
  await tx.membership
    .create({ data: { tenantId, id: newId(), userId: person.id, roleId: invitation.roleId } })
    .catch((error: unknown) => {
      if (!isUniqueViolation(error)) throw error;
      throw new Fault('conflict', 'You belong to this tenant already.');
    });
}

/** Tells those who manage members that somebody has joined. */
export function joinedNotice({ invitation, person, tenant }: Joining): JobPayload<'notify.members'> {
  return {
    tenantId: invitation.tenantId,
    permission: 'members.write',
    userId: null,
    kind: 'member.joined',
    title: `${person.name} has joined ${tenant.name}`,
    body: `${person.email} accepted the invitation.`,
    href: `/t/${tenant.slug}/team`,
    mail: false,
  };
}
