import { randomBytes } from 'node:crypto';
import type { Kept } from '../../memory.ts';
import { ApiError } from '../openai/api-error.ts';

/** Files that were uploaded, or written by a batch (OpenAI API reference, Files). */
export interface FileObject {
  readonly id: string;
  readonly object: 'file';
  readonly bytes: number;
  /** Unix seconds. */
  readonly created_at: number;
  readonly expires_at?: number;
  readonly filename: string;
  readonly purpose: string;
  readonly status: 'processed';
}

interface StoredFile {
  readonly object: FileObject;
  readonly content: Buffer;
}

export interface FileStore extends Kept {
  add(content: Buffer, filename: string, purpose: string): FileObject;
  /** Throws ApiError 404. */
  find(id: string): StoredFile;
  /** Oldest first. */
  all(): FileObject[];
  remove(id: string): void;
}

const KEPT_BYTES = 64 * 1024 * 1024;

/** Keeps the latest 64 MiB. */
export function fileStore(): FileStore {
  const files = new Map<string, StoredFile>();
  let size = 0;
  const remove = (id: string): void => {
    size -= files.get(id)?.content.length ?? 0;
    files.delete(id);
  };
  return {
    add(content, filename, purpose) {
      const id = `file-sim${randomBytes(11).toString('hex')}`;
      const created_at = Math.floor(Date.now() / 1000);
      const object: FileObject = {
        id,
        object: 'file',
        bytes: content.length,
        created_at,
        filename,
        purpose,
        status: 'processed',
      };
      files.set(id, { object, content });
      size += content.length;
      for (const oldest of files.keys()) {
        if (size <= KEPT_BYTES || oldest === id) break;
        remove(oldest);
      }
      return object;
    },
    find(id) {
      const found = files.get(id);
      if (!found) throw new ApiError(404, `No such File object: ${id}`, { param: 'id' });
      return found;
    },
    all: () => [...files.values()].map(({ object }) => object),
    remove,
    clear() {
      files.clear();
      size = 0;
    },
  };
}
