import { Fault } from '@parley/kernel/fault';
import { z } from 'zod';

const placeSchema = z.object({ name: z.string(), id: z.uuid() });

/** A place in the catalogue, which is ordered by name in lower case, then id. */
export type CataloguePlace = z.infer<typeof placeSchema>;

export function writeCursor(place: CataloguePlace): string {
  return Buffer.from(JSON.stringify([place.name, place.id])).toString('base64url');
}

/** Reads a cursor made by `writeCursor`; throws `invalid_input` for any other text. */
export function readCursor(cursor: string): CataloguePlace {
  try {
    const [name, id] = z.tuple([z.string(), z.uuid()]).parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
    return { name, id };
  } catch {
    throw new Fault('invalid_input', 'This cursor is not one the catalogue gave.', [
      { path: 'cursor', message: 'Leave it out to start at the first page.' },
    ]);
  }
}
