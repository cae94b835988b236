import { newId } from '@parley/kernel/id';
import { z } from 'zod';
import { findMember } from '../members/member-shape.ts';
import { DONE, doneShape } from '../shapes.ts';
import { defineVerb } from '../verb.ts';
import { findTeam } from './team-shape.ts';

/** Puts a member into a team; once there, doing it again changes nothing. */
export const addTeamMember = defineVerb({
  name: 'teams.addMember',
  summary: 'Add a member to a team.',
  kind: 'write',
  access: 'members.write',
  input: z.object({ teamId: z.uuid(), membershipId: z.uuid('Choose a member.') }),
  output: doneShape,
  rest: { method: 'PUT', path: '/teams/{teamId}/members/{membershipId}' },
  async run({ tx, tenantId, input, audit }) {
    const team = await findTeam(tx, tenantId, input.teamId);
    const member = await findMember(tx, tenantId, input.membershipId);
    const { count } = await tx.teamMember.createMany({
      data: { tenantId, id: newId(), teamId: team.id, membershipId: member.id },
      skipDuplicates: true,
    });
    if (count === 0) return DONE;
    await audit({
      subject: { kind: 'team', id: team.id, label: team.name },
      detail: { membershipId: member.id, email: member.user.email },
    });
    return DONE;
  },
});
