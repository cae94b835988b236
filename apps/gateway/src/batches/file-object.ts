import { shownId } from './batch-id.ts';
import type { FileFacts } from './file.ts';

export const seconds = (ms: number): number => Math.floor(ms / 1000);

/** A file as OpenAI's clients know it. */
export function fileObject({ id, bytes, createdAtMs, expiresAtMs, name, purpose }: FileFacts) {
  return {
    id: shownId('file-', id),
    object: 'file',
    bytes,
    created_at: seconds(createdAtMs),
    expires_at: seconds(expiresAtMs),
    filename: name,
    purpose,
    status: 'processed',
    status_details: null,
  };
}
