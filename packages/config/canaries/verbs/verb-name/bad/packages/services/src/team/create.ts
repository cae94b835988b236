import { z } from 'zod';
import { defineVerb } from '../verb.ts';

export type Created = { readonly id: string };

export const createTeam = defineVerb({
  name: 'team.make',
  summary: 'Makes a team.',
  kind: 'write',
  access: 'team.manage',
  input: z.object({ name: z.string() }),
  output: z.object({ id: z.string() }),
  run: async (work) => {
    const made = await work.tx.team.create({ data: work.input });
    await work.audit({ subject: { kind: 'team', id: made.id, label: work.input.name } });
    return made;
  },
});
