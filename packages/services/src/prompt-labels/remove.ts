import { Fault } from '@parley/kernel/fault';
import { z } from 'zod';
import { labelUses, promptUsers } from '../prompts/prompt-users.ts';
import { defineVerb } from '../verb.ts';
import { findLabel, labelInput, labelsOut, labelsShape } from './label-shape.ts';

/** Removes a label that no API version names. */
export const removePromptLabel = defineVerb({
  name: 'promptLabels.remove',
  summary: 'Remove a label of a prompt that no API version names.',
  kind: 'write',
  access: 'prompts.write',
  rest: { method: 'DELETE', path: '/prompts/{prompt}/labels/{label}' },
  input: z.object({ prompt: z.string(), label: labelInput }),
  output: labelsShape,
  async run({ tx, input, tenantId, audit }) {
    const { prompt, label } = input;
    const { row, promptId, name } = await findLabel(tx, tenantId, prompt, label);
    const user = (await promptUsers(tx, tenantId, promptId)).find(({ stored }) => labelUses(stored, label).length > 0);
    if (user) {
      const where = labelUses(user.stored, label).join(' and ');
      throw new Fault('invalid_state', `${user.api}/${user.version} names it in ${where}. Change that first.`);
    }
    await tx.promptLabel.delete({ where: { tenantId_id: { tenantId, id: row.id } } });
    await audit({
      subject: { kind: 'prompt', id: promptId, label: `${name} · ${label}` },
      detail: { prompt, label, versionId: row.versionId },
    });
    return labelsOut(tx, tenantId, prompt);
  },
});
