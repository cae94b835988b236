/** What a file is for. `batch_calls`: the calls of a batch that came in one body; nobody is shown those. */
export type FilePurpose = 'batch' | 'batch_output' | 'batch_calls';

/** What is known of a file without opening what is sealed. */
export interface FileFacts {
  readonly id: string;
  readonly applicationId: string;
  /** Whom its credential named, where that is more than a key: another of the same application may not see it. */
  readonly subject: string;
  readonly name: string;
  readonly purpose: FilePurpose;
  readonly bytes: number;
  /** Pieces it is kept in. */
  readonly parts: number;
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
}

/** Bytes of one piece before it is sealed. */
export const PART_BYTES = 512 * 1024;

/** Bytes of files and results that are kept for one application. */
export const MAX_KEPT_BYTES = 512 * 1024 * 1024;
