import { plainName } from '../../neutral/tool-names.ts';

/** Longest id of a call that is kept as it is. */
const MAX_ID_CHARS = 128;

/** An id of a tool call as this protocol takes it (`^[a-zA-Z0-9_-]+$`); the same for the call and its result. */
export function toolUseId(id: string): string {
  return plainName(id === '' ? 'call' : id, MAX_ID_CHARS);
}
