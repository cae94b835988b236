import { z } from 'zod';
import { defineVerb } from '../verb.ts';

export const listTeams = defineVerb({
  name: 'team.list',
  summary: 'Lists teams.',
  kind: 'read',
  access: 'team.view',
  input: z.object({}),
  output: z.array(z.object({ id: z.string() })),
  run: async (work) => work.tx.team.updateManyAndReturn({ data: {} }),
});
