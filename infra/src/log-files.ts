import { closeSync, fstatSync, openSync, readSync, renameSync } from 'node:fs';
import { join } from 'node:path';

const KEPT = 3;

/** Moves `<name>.log` of the last start to `<name>.1.log`, that one to `.2.log`, and forgets the oldest. */
export function rotateLog(folder: string, name: string): void {
  const file = (age: number): string => join(folder, age === 0 ? `${name}.log` : `${name}.${age}.log`);
  for (let age = KEPT - 1; age >= 0; age--) {
    try {
      renameSync(file(age), file(age + 1));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
}

/** The last lines of a log that are not empty, oldest first; none when there is no log. */
export function lastLines(file: string, count: number): string[] {
  const tailBytes = 16_384;
  let descriptor: number;
  try {
    descriptor = openSync(file, 'r');
  } catch {
    return [];
  }
  try {
    const { size } = fstatSync(descriptor);
    const buffer = Buffer.alloc(Math.min(size, tailBytes));
    readSync(descriptor, buffer, 0, buffer.length, size - buffer.length);
    return buffer
      .toString('utf8')
      .split('\n')
      .filter((text) => text.trim() !== '')
      .slice(-count);
  } finally {
    closeSync(descriptor);
  }
}
