import { isUniqueViolation } from '@parley/db/errors';
import { Fault } from '@parley/kernel/fault';
import { newId } from '@parley/kernel/id';
import { z } from 'zod';
import { defineVerb } from '../verb.ts';
import { hashPassword, passwordShape } from './password.ts';
import { emailShape, personNameShape, personOut, personShape } from './person-shape.ts';

/** Makes a person. They belong to no tenant yet, so nothing is audited; `tenants.create` or an invitation comes next. */
export const signUp = defineVerb({
  name: 'people.signUp',
  summary: 'Create an account with e-mail and password.',
  kind: 'write',
  access: 'public',
  input: z.object({ name: personNameShape, email: emailShape, password: passwordShape }),
  output: personShape,
  async run({ tx, input }) {
    const passwordHash = await hashPassword(input.password);
    try {
      const user = await tx.user.create({
        data: { id: newId(), email: input.email, name: input.name, passwordHash },
      });
      return personOut(user);
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
      throw new Fault('conflict', 'There is an account with this e-mail already.', [
        { path: 'email', message: 'There is an account with this e-mail already. Sign in instead.' },
      ]);
    }
  },
});
