import { Fault } from '@parley/kernel/fault';
import { z } from 'zod';
import { personOf } from '../context.ts';
import { defineVerb } from '../verb.ts';
import { personOut, personShape } from './person-shape.ts';

/** The signed-in person. */
export const getPerson = defineVerb({
  name: 'people.get',
  summary: 'Get your own profile.',
  kind: 'read',
  access: 'person',
  input: z.object({}),
  output: personShape,
  async run({ tx, context }) {
    const user = await tx.user.findUnique({ where: { id: personOf(context) } });
    if (!user) throw new Fault('unauthenticated', 'Sign in first.');
    return personOut(user);
  },
});
