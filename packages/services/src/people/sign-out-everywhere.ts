import { z } from 'zod';
import { personOf } from '../context.ts';
import { DONE, doneShape } from '../shapes.ts';
import { defineVerb } from '../verb.ts';

/** Ends every session of the signed-in person, this one too. */
export const signOutEverywhere = defineVerb({
  name: 'people.signOutEverywhere',
  summary: 'End all of your sessions.',
  kind: 'write',
  access: 'person',
  input: z.object({}),
  output: doneShape,
  async run({ tx, context }) {
    await tx.user.updateMany({ where: { id: personOf(context) }, data: { sessionEpoch: { increment: 1 } } });
    return DONE;
  },
});
