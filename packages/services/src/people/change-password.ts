import { Fault } from '@parley/kernel/fault';
import { z } from 'zod';
import { personOf } from '../context.ts';
import { DONE, doneShape } from '../shapes.ts';
import { defineVerb } from '../verb.ts';
import { hashPassword, passwordShape, verifyPassword } from './password.ts';

/**
 * Sets a new password and ends every session, this one too: whoever had the old one is out. A person without a password
 * (who signs in by mail) sets their first one without naming an old one.
 */
export const changePassword = defineVerb({
  name: 'people.changePassword',
  summary: 'Change your password and end all sessions.',
  kind: 'write',
  access: 'person',
  input: z.object({ current: z.string().max(200).default(''), next: passwordShape }),
  output: doneShape,
  async run({ tx, input, context }) {
    const id = personOf(context);
    const user = await tx.user.findUnique({ where: { id } });
    if (!user) throw new Fault('unauthenticated', 'Sign in first.');
    if (user.passwordHash !== null) {
      const { matches } = await verifyPassword(input.current, user.passwordHash);
      if (!matches) {
        const message = 'This is not your current password.';
        throw new Fault('invalid_input', message, [{ path: 'current', message }]);
      }
    }
    const { count } = await tx.user.updateMany({
      where: { id, passwordHash: user.passwordHash },
      data: { passwordHash: await hashPassword(input.next), sessionEpoch: { increment: 1 } },
    });
    if (count === 0) throw new Fault('invalid_state', 'Your password was changed in the meantime. Sign in again.');
    return DONE;
  },
});
