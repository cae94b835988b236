import { type PromptDefinition, promptDefinitionSchema } from '@parley/contracts/snapshot';
import type { Transaction } from '@parley/db/client';
import { Fault } from '@parley/kernel/fault';
import { z } from 'zod';
import { iso, timeShape } from '../shapes.ts';

export const promptDescriptionInput = z.string().trim().max(2000, 'At most 2,000 characters.');
export const noteInput = z.string().trim().max(500, 'At most 500 characters.').default('');

export const promptVersionShape = z.object({
  id: z.uuid(),
  number: z.number(),
  definition: promptDefinitionSchema,
  note: z.string(),
  /** Who saved it; `null` for tokens and members who are gone. */
  createdBy: z.string().nullable(),
  createdAt: timeShape,
});

export const promptShape = z.object({
  id: z.uuid(),
  slug: z.string(),
  name: z.string(),
  description: z.string(),
  /** Number of the latest version; `null` before the first was saved. */
  latestVersion: z.number().nullable(),
  /** Model of the latest version. */
  model: z.string().nullable(),
  createdAt: timeShape,
  updatedAt: timeShape,
});

export const promptInclude = { versions: { orderBy: { number: 'desc' }, take: 1 } } as const;

export async function findPrompt(tx: Transaction, tenantId: string, slug: string) {
  const row = await tx.prompt.findUnique({ where: { tenantId_slug: { tenantId, slug } }, include: promptInclude });
  if (!row) throw new Fault('not_found', `There is no prompt “${slug}” here.`);
  return row;
}

export function promptOut(row: Awaited<ReturnType<typeof findPrompt>>): z.input<typeof promptShape> {
  const [latest] = row.versions;
  return {
    ...row,
    latestVersion: latest?.number ?? null,
    model: latest ? readDefinition(latest.definition).model : null,
    createdAt: iso(row.createdAt),
    updatedAt: iso(row.updatedAt),
  };
}

interface PromptVersionRow {
  readonly id: string;
  readonly number: number;
  readonly definition: unknown;
  readonly note: string;
  readonly createdById: string | null;
  readonly createdAt: Date;
}

export function promptVersionOut(
  row: PromptVersionRow,
  people: ReadonlyMap<string, string>,
): z.input<typeof promptVersionShape> {
  return {
    id: row.id,
    number: row.number,
    definition: readDefinition(row.definition),
    note: row.note,
    createdBy: row.createdById === null ? null : (people.get(row.createdById) ?? null),
    createdAt: iso(row.createdAt),
  };
}

/** A definition as stored; it was checked when it was saved. */
export function readDefinition(stored: unknown): PromptDefinition {
  return promptDefinitionSchema.parse(stored);
}

/** Names of the people behind these ids. */
export async function namesOf(tx: Transaction, ids: readonly (string | null)[]): Promise<ReadonlyMap<string, string>> {
  const known = [...new Set(ids.filter((id) => id !== null))];
  if (known.length === 0) return new Map();
  const rows = await tx.user.findMany({ where: { id: { in: known } }, select: { id: true, name: true } });
  return new Map(rows.map((row) => [row.id, row.name]));
}

/** One version of a prompt by its number, the latest without one. */
export async function findPromptVersion(tx: Transaction, tenantId: string, prompt: string, number?: number) {
  const { id: promptId } = await findPrompt(tx, tenantId, prompt);
  const row = await tx.promptVersion.findFirst({
    where: { tenantId, promptId, ...(number === undefined ? {} : { number }) },
    orderBy: { number: 'desc' },
  });
  if (row) return row;
  throw new Fault(
    'not_found',
    number === undefined ? `“${prompt}” has no saved version yet.` : `“${prompt}” has no version ${number}.`,
  );
}

/** The version that a label of a prompt leads to. Throws `not_found`. */
export async function findLabelledVersion(tx: Transaction, tenantId: string, prompt: string, label: string) {
  const { id: promptId } = await findPrompt(tx, tenantId, prompt);
  const row = await tx.promptLabel.findFirst({ where: { tenantId, promptId, label }, include: { version: true } });
  if (row) return row.version;
  throw new Fault('not_found', `There is no label “${label}” at “${prompt}”. Set it first.`);
}
