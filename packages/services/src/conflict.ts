import { isUniqueViolation } from '@parley/db/errors';
import { Fault } from '@parley/kernel/fault';

/** Waits for a write; where it met a unique constraint, throws `Fault('conflict')` with the sentence beside the field. */
export async function orConflict<T>(write: PromiseLike<T>, path: string, message: string): Promise<T> {
  try {
    return await write;
  } catch (error) {
    if (isUniqueViolation(error)) throw new Fault('conflict', message, [{ path, message }]);
    throw error;
  }
}

/** The fault of input that only the database could judge: one sentence beside one field. */
export function wrongField(path: string, message: string): Fault {
  return new Fault('invalid_input', 'Some fields are not right.', [{ path, message }]);
}
