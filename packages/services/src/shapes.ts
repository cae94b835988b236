import { z } from 'zod';

/** Shapes that inputs and outputs of many verbs share. All of them are plain JSON: times ISO 8601, money decimal strings. */
export const slugShape = z
  .string()
  .min(1, 'Give it a short name for URLs.')
  .max(63, 'At most 63 characters.')
  .regex(
    /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/,
    'Lower-case letters, digits and hyphens, starting and ending with a letter or digit.',
  );

export const nameShape = z.string().trim().min(1, 'Give it a name.').max(120, 'At most 120 characters.');

export const timeShape = z.iso.datetime();
export const optionalTimeShape = timeShape.nullable();

/** A list page: pass `nextCursor` back as `cursor` for the next one. */
export const pageInput = z.object({
  cursor: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item), nextCursor: z.string().nullable() });
}

/** A time as it leaves a verb. */
export function iso(date: Date): string;
export function iso(date: Date | null): string | null;
export function iso(date: Date | null): string | null {
  return date ? date.toISOString() : null;
}

/** For verbs that answer with nothing but success. */
export const doneShape = z.object({ ok: z.literal(true) });
export const DONE = { ok: true } as const;
