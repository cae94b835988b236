import { JOBS, OUTBOX_TOPICS, type OutboxTopic } from '@parley/contracts/jobs';
import { Fault } from '@parley/kernel/fault';
import { z } from 'zod';
import { DONE, doneShape } from '../shapes.ts';
import { defineVerb } from '../verb.ts';
import { type DeadLetterRow, deadLetterOut } from './dead-letter-shape.ts';
import { resolveLetter } from './open-letter.ts';

/**
 * Has a failed job done again: it leaves the list and is announced anew in one transaction, so it runs exactly because
 * of this. If it fails again, it comes back as another one.
 */
export const retryDeadLetter = defineVerb({
  name: 'deadLetters.retry',
  summary: 'Do a job again that failed.',
  kind: 'write',
  access: 'system.write',
  rest: { method: 'POST', path: '/dead-letters/{id}/retry' },
  input: z.object({ id: z.uuid() }),
  output: doneShape,
  run: async (work) => {
    const row = await resolveLetter(work, work.input.id, 'retried');
    const { topic, payload } = announcementOf(row);
    await work.announce(topic, payload);
    const { title } = deadLetterOut(row);
    await work.audit({ subject: { kind: 'dead-letter', id: row.id, label: title }, detail: { job: row.job } });
    return DONE;
  },
});

function announcementOf(row: DeadLetterRow) {
  const topic = OUTBOX_TOPICS.find((name) => name === row.job);
  const parsed = topic && JOBS[topic].schema.safeParse(underNewSegment(topic, row));
  if (!topic || !parsed?.success) {
    throw new Fault(
      'invalid_state',
      'What this job carries is not right, so doing it again cannot succeed. You can dismiss it.',
    );
  }
  return { topic, payload: parsed.data };
}

/** A batch of calls is known by its segment: the retry is another one, or a second failure would look like the first. */
function underNewSegment(topic: OutboxTopic, { id, payload }: DeadLetterRow): unknown {
  if (topic !== 'usage.ingest' || typeof payload !== 'object') return payload;
  return { ...payload, segmentId: `retry-${id}` };
}
