import { Fault } from '@parley/kernel/fault';
import { z } from 'zod';
import { defineVerb } from '../verb.ts';
import { findLabel, labelInput, labelsOut, labelsShape } from './label-shape.ts';
import { moveLabel } from './move.ts';

/** Lets a label lead again to where it led before its last move. Doing it twice is back where it was. */
export const moveBackPromptLabel = defineVerb({
  name: 'promptLabels.moveBack',
  summary: 'Let a label of a prompt lead again to where it led before.',
  kind: 'write',
  access: 'prompts.write',
  rest: { method: 'POST', path: '/prompts/{prompt}/labels/{label}/move-back' },
  input: z.object({ prompt: z.string(), label: labelInput }),
  output: labelsShape,
  async run({ tx, input, context, tenantId, audit, announce }) {
    const { prompt, label } = input;
    const { row, promptId, name } = await findLabel(tx, tenantId, prompt, label);
    const before = row.previousVersionId;
    if (before === null) throw new Fault('invalid_state', `“${label}” has not been moved yet.`);
    const warnings = await moveLabel(tx, context, { tenantId, promptId, label, versionId: before, held: row });
    await audit({
      subject: { kind: 'prompt', id: promptId, label: `${name} · ${label}` },
      detail: { prompt, label, versionId: before, previousVersionId: row.versionId },
    });
    await announce('snapshot.tenant', { tenantId });
    return labelsOut(tx, tenantId, prompt, warnings);
  },
});
