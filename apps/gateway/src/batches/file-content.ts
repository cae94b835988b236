import type { BatchSeals } from './batch-seals.ts';
import { type FileFacts, PART_BYTES } from './file.ts';
import type { FilePlace, FileStore } from './file-store.ts';

/** What files are read and written with. */
export interface FileAccess {
  readonly files: FileStore;
  readonly seals: BatchSeals;
}

/** A file being written piece by piece: no more than one piece is held. */
export class FileWriter {
  bytes = 0;
  parts = 0;
  readonly #access: FileAccess;
  readonly #place: FilePlace;
  #held: Buffer[] = [];
  #heldBytes = 0;

  constructor(access: FileAccess, place: FilePlace) {
    this.#access = access;
    this.#place = place;
  }

  /** False where its application has no more room. */
  async write(bytes: Buffer): Promise<boolean> {
    for (let from = 0; from < bytes.length; ) {
      const piece = bytes.subarray(from, from + PART_BYTES - this.#heldBytes);
      this.#held.push(piece);
      this.#heldBytes += piece.length;
      from += piece.length;
      if (this.#heldBytes === PART_BYTES && !(await this.#flush())) return false;
    }
    return true;
  }

  /** Keeps what is held; the file is made by `FileStore.finish`. */
  async end(): Promise<boolean> {
    return this.#heldBytes === 0 ? true : this.#flush();
  }

  async #flush(): Promise<boolean> {
    const { id, applicationId } = this.#place;
    const plain = Buffer.concat(this.#held);
    this.#held = [];
    this.#heldBytes = 0;
    const number = this.parts++;
    this.bytes += plain.length;
    const sealed = this.#access.seals.seal(applicationId, `file:${id}:${number}`, plain);
    return (await this.#access.files.part(this.#place, number, sealed)) === 'ok';
  }
}

/** The file's pieces one after another. Throws where one is gone. */
export async function* readParts({ files, seals }: FileAccess, facts: FileFacts): AsyncGenerator<Buffer> {
  const { id, applicationId, parts } = facts;
  for (let number = 0; number < parts; number++) {
    const sealed = await files.read(id, number);
    if (sealed === null) throw new Error('a piece of the file is gone');
    yield seals.open(applicationId, `file:${id}:${number}`, sealed);
  }
}

/** A line that is longer is cut, and cannot be read. */
export const MAX_LINE_BYTES = 16 * 1024 * 1024;
const NEWLINE = 0x0a;

export interface Line {
  /** From 1, empty lines counted. */
  readonly number: number;
  readonly text: string;
}

/** The lines of a file that are not empty. */
export async function* readLines(access: FileAccess, facts: FileFacts): AsyncGenerator<Line> {
  let number = 1;
  let held: Buffer[] = [];
  let heldBytes = 0;
  const take = (last: Buffer): string => {
    const text = Buffer.concat([...held, last])
      .toString('utf8')
      .trim();
    held = [];
    heldBytes = 0;
    return text;
  };
  for await (const part of readParts(access, facts)) {
    let from = 0;
    for (let at = part.indexOf(NEWLINE); at !== -1; at = part.indexOf(NEWLINE, from)) {
      const text = take(part.subarray(from, at));
      from = at + 1;
      if (text !== '') yield { number, text };
      number++;
    }
    const rest = part.subarray(from);
    heldBytes += rest.length;
    if (heldBytes <= MAX_LINE_BYTES) held.push(rest);
  }
  const text = take(Buffer.alloc(0));
  if (text !== '') yield { number, text };
}
