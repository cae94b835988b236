import { z } from 'zod';
import { defineVerb } from '../verb.ts';
import { record } from './record.ts';

export type Created = { readonly id: string };

export const moveMember = defineVerb({
  name: 'team.moveMember',
  summary: 'Makes a team.',
  kind: 'write',
  access: 'team.manage',
  input: z.object({ name: z.string() }),
  output: z.object({ id: z.string() }),
  run: async (work) => {
    const made = await work.tx.team.moveMember({ data: work.input });
    await record(work, made.id);
    return made;
  },
});
