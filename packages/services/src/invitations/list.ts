import { z } from 'zod';
import { iso } from '../shapes.ts';
import { defineVerb } from '../verb.ts';
import { invitationShape, stateOf } from './invitation-shape.ts';

/** The tenant's invitations that were not accepted, newest first. */
export const listInvitations = defineVerb({
  name: 'invitations.list',
  summary: 'List invitations that are open, withdrawn or run out.',
  kind: 'read',
  access: 'members.read',
  input: z.object({}),
  output: z.object({ items: z.array(invitationShape) }),
  rest: { method: 'GET', path: '/invitations' },
  async run({ tx, tenantId }) {
    const nowMs = Date.now();
    const rows = await tx.invitation.findMany({
      where: { tenantId, state: { not: 'accepted' } },
      include: { role: true },
      orderBy: { id: 'desc' },
      take: 500,
    });
    return {
      items: rows.map((row) => ({
        ...row,
        state: stateOf(row, nowMs),
        createdAt: iso(row.createdAt),
        expiresAt: iso(row.expiresAt),
      })),
    };
  },
});
