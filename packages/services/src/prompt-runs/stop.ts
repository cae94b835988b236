import { z } from 'zod';
import { defineVerb } from '../verb.ts';
import { findRun, runShape, runsOut } from './run-shape.ts';

/** Ends a run: answers that are on their way still come, nothing else is asked. */
export const stopPromptRun = defineVerb({
  name: 'promptRuns.stop',
  summary: 'Stop a run of the test bench.',
  kind: 'write',
  access: 'prompts.write',
  rest: { method: 'POST', path: '/prompt-runs/{run}/stop' },
  input: z.object({ run: z.uuid() }),
  output: runShape,
  async run({ tx, input, tenantId, audit }) {
    const row = await findRun(tx, tenantId, input.run);
    const { count } = await tx.promptRun.updateMany({
      where: { tenantId, id: row.id, state: { in: ['waiting', 'running'] } },
      data: { state: 'stopped', message: 'Stopped.', finishedAt: new Date() },
    });
    if (count > 0) {
      await audit({
        subject: { kind: 'prompt run', id: row.id, label: row.prompt.name },
        detail: { dataset: row.dataset },
      });
    }
    const [run] = await runsOut(tx, tenantId, [await findRun(tx, tenantId, row.id)]);
    return run as NonNullable<typeof run>;
  },
});
