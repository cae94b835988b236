import { Fault } from '@parley/kernel/fault';
import { z } from 'zod';
import { findPrompt, findPromptVersion } from '../prompts/prompt-shape.ts';
import { defineVerb } from '../verb.ts';
import { labelInput, labelsOut, labelsShape } from './label-shape.ts';
import { moveLabel } from './move.ts';

const MAX_LABELS = 20;

/** Makes a label of a prompt, or moves it to another version: APIs that follow it serve that version within a second. */
export const setPromptLabel = defineVerb({
  name: 'promptLabels.set',
  summary: 'Let a label of a prompt lead to a version; where it led before is remembered.',
  kind: 'write',
  access: 'prompts.write',
  rest: { method: 'PUT', path: '/prompts/{prompt}/labels/{label}' },
  input: z.object({
    prompt: z.string(),
    label: labelInput,
    /** Number of the prompt’s version; the latest when not given. */
    promptVersion: z.number().int().min(1).optional(),
  }),
  output: labelsShape,
  async run({ tx, input, context, tenantId, audit, announce }) {
    const { prompt, label, promptVersion } = input;
    const { id: promptId, name } = await findPrompt(tx, tenantId, prompt);
    const version = await findPromptVersion(tx, tenantId, prompt, promptVersion);
    // Moves of one prompt's labels come one after another.
    await tx.$queryRaw`SELECT id FROM prompts WHERE tenant_id = ${tenantId}::uuid AND id = ${promptId}::uuid FOR UPDATE`;
    const held = await tx.promptLabel.findFirst({ where: { tenantId, promptId, label } });
    if (!held && (await tx.promptLabel.count({ where: { tenantId, promptId } })) >= MAX_LABELS) {
      throw new Fault('invalid_state', `A prompt has at most ${MAX_LABELS} labels.`);
    }
    if (held?.versionId === version.id) return labelsOut(tx, tenantId, prompt);
    const warnings = await moveLabel(tx, context, { tenantId, promptId, label, versionId: version.id, held });
    await audit({
      subject: { kind: 'prompt', id: promptId, label: `${name} · ${label}` },
      detail: { prompt, label, version: version.number, previousVersionId: held?.versionId ?? null },
    });
    await announce('snapshot.tenant', { tenantId });
    return labelsOut(tx, tenantId, prompt, warnings);
  },
});
