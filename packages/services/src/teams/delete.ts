import { Fault } from '@parley/kernel/fault';
import { z } from 'zod';
import { DONE, doneShape } from '../shapes.ts';
import { defineVerb } from '../verb.ts';
import { findTeam } from './team-shape.ts';

/** Deletes a team that owns nothing. Its members stay in the tenant. */
export const deleteTeam = defineVerb({
  name: 'teams.delete',
  summary: 'Delete a team that owns no API or application.',
  kind: 'write',
  access: 'members.write',
  input: z.object({ teamId: z.uuid() }),
  output: doneShape,
  rest: { method: 'DELETE', path: '/teams/{teamId}' },
  async run({ tx, tenantId, input, audit }) {
    const team = await findTeam(tx, tenantId, input.teamId);
    const owned = { where: { tenantId, teamId: team.id } };
    const count = (await tx.api.count(owned)) + (await tx.application.count(owned));
    if (count > 0) throw new Fault('invalid_state', 'APIs or applications belong to this team. Move them first.');
    await tx.team.delete({ where: { tenantId_id: { tenantId, id: team.id } } });
    await audit({ subject: { kind: 'team', id: team.id, label: team.name } });
    return DONE;
  },
});
