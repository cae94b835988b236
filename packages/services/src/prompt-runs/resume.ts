import { Fault } from '@parley/kernel/fault';
import { formatAmount } from '@parley/kernel/money';
import { z } from 'zod';
import { defineVerb } from '../verb.ts';
import { costCapInput, findRun, runShape, runsOut } from './run-shape.ts';

/** Goes on with a run that ended early, and asks again what had no answer. */
export const resumePromptRun = defineVerb({
  name: 'promptRuns.resume',
  summary: 'Go on with a run of the test bench: what was left out, and what had no answer.',
  kind: 'write',
  access: 'prompts.write',
  rest: { method: 'POST', path: '/prompt-runs/{run}/resume' },
  input: z.object({ run: z.uuid(), costCap: costCapInput.optional() }),
  output: runShape,
  async run({ tx, input, tenantId, audit, announce }) {
    const row = await findRun(tx, tenantId, input.run);
    if (row.state === 'waiting' || row.state === 'running') throw new Fault('invalid_state', 'It is at work already.');
    const { count } = await tx.promptRunCell.updateMany({
      where: { tenantId, runId: row.id, state: { in: ['waiting', 'skipped', 'error'] } },
      data: { state: 'waiting', message: '' },
    });
    if (count === 0) throw new Fault('invalid_state', 'Everything has been asked and answered.');
    const cap = input.costCap === undefined ? {} : { costCapNano: input.costCap };
    await tx.promptRun.update({
      where: { tenantId_id: { tenantId, id: row.id } },
      data: { state: 'waiting', message: '', finishedAt: null, ...cap },
    });
    await audit({
      subject: { kind: 'prompt run', id: row.id, label: row.prompt.name },
      detail: { dataset: row.dataset, cells: count, costCap: formatAmount(input.costCap ?? row.costCapNano) },
    });
    await announce('prompt.run', { tenantId, runId: row.id });
    const [run] = await runsOut(tx, tenantId, [await findRun(tx, tenantId, row.id)]);
    return run as NonNullable<typeof run>;
  },
});
