import { promptLabelSchema } from '@parley/contracts/policies/experiment';
import type { Transaction } from '@parley/db/client';
import { Fault } from '@parley/kernel/fault';
import { z } from 'zod';
import { findPrompt, namesOf } from '../prompts/prompt-shape.ts';
import { labelUses, promptUsers } from '../prompts/prompt-users.ts';
import { iso, timeShape } from '../shapes.ts';

export const labelInput = promptLabelSchema;

const labelShape = z.object({
  label: z.string(),
  /** Number of the version it leads to. */
  version: z.number().int(),
  /** Where it led before; `null` when it has not moved yet. */
  previousVersion: z.number().int().nullable(),
  movedBy: z.string().nullable(),
  movedAt: timeShape,
  /** API versions that name it. */
  usedBy: z.array(z.object({ api: z.string(), version: z.string() })),
});

export const labelsShape = z.object({
  items: z.array(labelShape),
  /** What callers will notice of the last move. */
  warnings: z.array(z.string()),
});

/** All labels of a prompt, by name. */
export async function labelsOut(
  tx: Transaction,
  tenantId: string,
  prompt: string,
  warnings: readonly string[] = [],
): Promise<z.input<typeof labelsShape>> {
  const { id: promptId } = await findPrompt(tx, tenantId, prompt);
  const rows = await tx.promptLabel.findMany({ where: { tenantId, promptId }, orderBy: { label: 'asc' } });
  const versions = await tx.promptVersion.findMany({
    where: {
      tenantId,
      id: { in: rows.flatMap((row) => [row.versionId, ...(row.previousVersionId ? [row.previousVersionId] : [])]) },
    },
    select: { id: true, number: true },
  });
  const numbers = new Map(versions.map(({ id, number }) => [id, number]));
  const users = await promptUsers(tx, tenantId, promptId);
  const names = await namesOf(
    tx,
    rows.map(({ movedById }) => movedById),
  );
  return {
    items: rows.map(({ label, versionId, previousVersionId, movedById, movedAt }) => ({
      label,
      version: numbers.get(versionId) ?? 0,
      previousVersion: previousVersionId === null ? null : (numbers.get(previousVersionId) ?? null),
      movedBy: movedById === null ? null : (names.get(movedById) ?? null),
      movedAt: iso(movedAt),
      usedBy: users
        .filter(({ stored }) => labelUses(stored, label).length > 0)
        .map(({ api, version }) => ({ api, version })),
    })),
    warnings: [...warnings],
  };
}

/** A label of a prompt, locked until the transaction ends. Throws `not_found`. */
export async function findLabel(tx: Transaction, tenantId: string, prompt: string, label: string) {
  const { id: promptId, name } = await findPrompt(tx, tenantId, prompt);
  const [locked] = await tx.$queryRaw<{ id: string }[]>`
    SELECT id FROM prompt_labels
    WHERE tenant_id = ${tenantId}::uuid AND prompt_id = ${promptId}::uuid AND label = ${label} FOR UPDATE`;
  if (!locked) throw new Fault('not_found', `There is no label “${label}” at the prompt “${prompt}”.`);
  const row = await tx.promptLabel.findUniqueOrThrow({ where: { tenantId_id: { tenantId, id: locked.id } } });
  return { row, promptId, name };
}
