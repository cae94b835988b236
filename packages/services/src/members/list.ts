import { z } from 'zod';
import { iso } from '../shapes.ts';
import { defineVerb } from '../verb.ts';
import { memberShape } from './member-shape.ts';

/** The members of the open tenant, by name. */
export const listMembers = defineVerb({
  name: 'members.list',
  summary: 'List members with their roles and teams.',
  kind: 'read',
  access: 'members.read',
  input: z.object({}),
  output: z.object({ items: z.array(memberShape) }),
  rest: { method: 'GET', path: '/members' },
  async run({ tx, tenantId, context }) {
    const members = await tx.membership.findMany({
      where: { tenantId },
      include: { user: true, role: true, teams: { include: { team: true } } },
    });
    const items = members.map((member) => ({
      id: member.id,
      userId: member.userId,
      name: member.user.name,
      email: member.user.email,
      role: member.role,
      teams: member.teams.map(({ team }) => ({ id: team.id, name: team.name })),
      joinedAt: iso(member.createdAt),
      you: member.userId === context.userId,
    }));
    return { items: items.toSorted((left, right) => left.name.localeCompare(right.name, 'en')) };
  },
});
