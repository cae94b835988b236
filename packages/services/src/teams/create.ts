import { isUniqueViolation } from '@parley/db/errors';
import { Fault } from '@parley/kernel/fault';
import { newId } from '@parley/kernel/id';
import { z } from 'zod';
import { slugFrom } from '../roles/role-shape.ts';
import { iso, nameShape, slugShape } from '../shapes.ts';
import { defineVerb } from '../verb.ts';
import { teamShape } from './team-shape.ts';

/** Makes a team: people who share APIs and applications. */
export const createTeam = defineVerb({
  name: 'teams.create',
  summary: 'Create a team.',
  kind: 'write',
  access: 'members.write',
  input: z.object({ name: nameShape, slug: slugShape.optional() }),
  output: teamShape,
  rest: { method: 'POST', path: '/teams' },
  async run({ tx, tenantId, input, audit }) {
    const id = newId();
    const slug = input.slug ?? slugFrom(input.name, `team-${id.slice(-6)}`);
    const team = await tx.team.create({ data: { tenantId, id, slug, name: input.name } }).catch((error: unknown) => {
      if (!isUniqueViolation(error)) throw error;
      const message = 'A team with this name exists already.';
      throw new Fault('conflict', message, [{ path: input.slug ? 'slug' : 'name', message }]);
    });
    await audit({ subject: { kind: 'team', id, label: team.name }, detail: { slug } });
    return { ...team, createdAt: iso(team.createdAt), members: [] };
  },
});
