import { createHash } from 'node:crypto';

/** An id as a provider takes it: the same one where it fits, else nine characters made of it, always the same ones. */
export function fittingId(id: string, fits: RegExp): string {
  if (fits.test(id)) return id;
  return createHash('sha256').update(id).digest('hex').slice(0, 9);
}
