import { z } from 'zod';
import { DONE, doneShape } from '../shapes.ts';
import { defineVerb } from '../verb.ts';
import { findTeam } from './team-shape.ts';

/** Takes a member out of a team; they stay in the tenant. */
export const removeTeamMember = defineVerb({
  name: 'teams.removeMember',
  summary: 'Take a member out of a team.',
  kind: 'write',
  access: 'members.write',
  input: z.object({ teamId: z.uuid(), membershipId: z.uuid() }),
  output: doneShape,
  rest: { method: 'DELETE', path: '/teams/{teamId}/members/{membershipId}' },
  async run({ tx, tenantId, input, audit }) {
    const team = await findTeam(tx, tenantId, input.teamId);
    const { count } = await tx.teamMember.deleteMany({
      where: { tenantId, teamId: team.id, membershipId: input.membershipId },
    });
    if (count === 0) return DONE;
    await audit({
      subject: { kind: 'team', id: team.id, label: team.name },
      detail: { membershipId: input.membershipId },
    });
    return DONE;
  },
});
