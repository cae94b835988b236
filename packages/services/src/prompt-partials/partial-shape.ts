import type { PromptDefinition, PromptPartial } from '@parley/contracts/snapshot';
import type { Transaction } from '@parley/db/client';
import type { FieldIssue } from '@parley/kernel/fault';
import { partialsIn, textsOf } from '@parley/llm/prompt/flatten';
import { z } from 'zod';
import { namesOf } from '../prompts/prompt-shape.ts';
import { iso, timeShape } from '../shapes.ts';

export const partialSlugInput = z
  .string()
  .trim()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'Small letters, digits and dashes, at most 63.');

export const partialShape = z.object({
  slug: z.string(),
  /** Number of this version. */
  version: z.number().int(),
  text: z.string(),
  note: z.string(),
  createdBy: z.string().nullable(),
  createdAt: timeShape,
});

/** Rows as they leave. */
export async function partialsOut(
  tx: Transaction,
  rows: Awaited<ReturnType<typeof latestPartials>>,
): Promise<z.input<typeof partialShape>[]> {
  const names = await namesOf(
    tx,
    rows.map(({ createdById }) => createdById),
  );
  return rows.map(({ slug, number, text, note, createdById, createdAt }) => ({
    slug,
    version: number,
    text,
    note,
    createdBy: createdById === null ? null : (names.get(createdById) ?? null),
    createdAt: iso(createdAt),
  }));
}

/** The latest version of each shared text, by name. */
export async function latestPartials(tx: Transaction, tenantId: string) {
  return tx.promptPartial.findMany({
    where: { tenantId },
    orderBy: [{ slug: 'asc' }, { number: 'desc' }],
    distinct: ['slug'],
  });
}

/** The shared texts that a definition names, as they are now (or at the version it names), and what is not there. */
export async function resolvePartials(
  tx: Transaction,
  tenantId: string,
  definition: PromptDefinition,
): Promise<{ partials: PromptPartial[]; problems: FieldIssue[] }> {
  const asked = textsOf(definition).flatMap(({ path, text }) => partialsIn(text).map((one) => ({ ...one, path })));
  if (asked.length === 0) return { partials: [], problems: [] };
  const rows = await tx.promptPartial.findMany({
    where: { tenantId, slug: { in: asked.map(({ name }) => name) } },
    orderBy: [{ slug: 'asc' }, { number: 'asc' }],
  });
  const problems: FieldIssue[] = [];
  const kept = new Map<string, PromptPartial>();
  for (const { name, version, path } of asked) {
    const row = rows.findLast((one) => one.slug === name && (version === null || one.number === version));
    if (row) kept.set(`${name}@${row.number}`, { name, version: row.number, text: row.text });
    else {
      const what = version === null ? `shared text “${name}”` : `version ${version} of the shared text “${name}”`;
      problems.push({ path, message: `There is no ${what}. Add it, or correct the name.` });
    }
  }
  // By version: a text that names none means the last.
  const partials = [...kept.values()].sort((a, b) =>
    a.name === b.name ? a.version - b.version : a.name < b.name ? -1 : 1,
  );
  return { partials, problems };
}
