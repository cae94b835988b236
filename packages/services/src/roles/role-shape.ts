import { isPermission, type Permission } from '@parley/domain/permissions';
import { Fault } from '@parley/kernel/fault';
import { z } from 'zod';
import type { Context } from '../context.ts';

export const roleShape = z.object({
  id: z.uuid(),
  slug: z.string(),
  name: z.string(),
  builtIn: z.boolean(),
  summary: z.string(),
  permissions: z.array(z.string()),
  members: z.number().int(),
});

export const permissionsShape = z
  .array(z.string().refine(isPermission, 'There is no such permission.'))
  .min(1, 'Choose at least one permission.')
  .transform((list) => [...new Set(list)]);

/** Throws `forbidden` beside `field` when a list holds a permission that the actor does not. */
export function onlyHeld(context: Context, wanted: readonly string[], field: string): void {
  const missing = wanted.filter((permission) => !context.permissions.has(permission as Permission));
  if (missing.length === 0) return;
  const message = `You cannot give what you do not hold yourself: ${missing.join(', ')}.`;
  throw new Fault('forbidden', message, [{ path: field, message }]);
}

/** A short name for URLs and files, made of a name. */
export function slugFrom(name: string, fallback: string): string {
  const slug = name
    .normalize('NFKD')
    .replaceAll(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 63)
    .replaceAll(/^-+|-+$/g, '');
  return slug || fallback;
}
