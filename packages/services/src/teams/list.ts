import { z } from 'zod';
import { iso } from '../shapes.ts';
import { defineVerb } from '../verb.ts';
import { teamShape } from './team-shape.ts';

/** The teams of the open tenant with their members, by name. */
export const listTeams = defineVerb({
  name: 'teams.list',
  summary: 'List teams and who is in them.',
  kind: 'read',
  access: 'members.read',
  input: z.object({}),
  output: z.object({ items: z.array(teamShape) }),
  rest: { method: 'GET', path: '/teams' },
  async run({ tx, tenantId }) {
    const teams = await tx.team.findMany({
      where: { tenantId },
      include: { members: { include: { membership: { include: { user: true } } } } },
      orderBy: { name: 'asc' },
    });
    return {
      items: teams.map((team) => ({
        ...team,
        createdAt: iso(team.createdAt),
        members: team.members.map(({ membership }) => ({
          membershipId: membership.id,
          name: membership.user.name,
          email: membership.user.email,
        })),
      })),
    };
  },
});
