import { z } from 'zod';
import { DONE, doneShape } from '../shapes.ts';
import { defineVerb } from '../verb.ts';
import { deadLetterOut } from './dead-letter-shape.ts';
import { resolveLetter } from './open-letter.ts';

/** Gives a failed job up: it stays on record and is not done. */
export const dismissDeadLetter = defineVerb({
  name: 'deadLetters.dismiss',
  summary: 'Give up a job that failed.',
  kind: 'write',
  access: 'system.write',
  rest: { method: 'POST', path: '/dead-letters/{id}/dismiss' },
  input: z.object({ id: z.uuid() }),
  output: doneShape,
  run: async (work) => {
    const row = await resolveLetter(work, work.input.id, 'dismissed');
    const { title } = deadLetterOut(row);
    await work.audit({ subject: { kind: 'dead-letter', id: row.id, label: title }, detail: { job: row.job } });
    return DONE;
  },
});
