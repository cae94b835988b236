import { z } from 'zod';
import { personOf } from '../context.ts';
import { defineVerb } from '../verb.ts';
import { personNameShape, personOut, personShape } from './person-shape.ts';

/** Changes the signed-in person's name. */
export const updatePerson = defineVerb({
  name: 'people.update',
  summary: 'Change your name.',
  kind: 'write',
  access: 'person',
  input: z.object({ name: personNameShape }),
  output: personShape,
  async run({ tx, input, context }) {
    return personOut(await tx.user.update({ where: { id: personOf(context) }, data: { name: input.name } }));
  },
});
