import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** One kind of thing the simulated account holds, as the file of its state sees it. */
export interface StatePart {
  readonly name: string;
  entries(): Iterable<readonly [id: string, value: unknown]>;
  put(id: string, value: never): void;
  /** Differs whenever an entry has changed; a part without one holds what never changes once it is there. */
  stamp?(value: never): string;
}

type Line = [part: string, id: string, value?: unknown];

/**
 * The simulator's state in a file: one JSON line for each thing that was made or changed, written before anybody is
 * answered, so that a kill -9 at any moment loses nothing that was told. Opening it reads the lines and writes the file
 * anew without what is superseded. Files are appended by one process only.
 */
export class KeptState {
  readonly #file: string;
  readonly #parts: readonly StatePart[];
  readonly #known = new Map<string, Map<string, string>>();

  /** Reads the file into the parts. Throws where a line in the midst of it cannot be read. */
  constructor(file: string, parts: readonly StatePart[]) {
    this.#file = file;
    this.#parts = parts;
    for (const part of parts) this.#known.set(part.name, new Map());
    mkdirSync(dirname(file), { recursive: true });
    if (existsSync(file)) this.#read();
    const lines = this.#changes();
    const next = `${file}.new`;
    writeFileSync(next, textOf(lines), { mode: 0o600 });
    renameSync(next, file);
  }

  /** Appends what has changed since the last time. */
  note(): void {
    const lines = this.#changes();
    if (lines.length > 0) appendFileSync(this.#file, textOf(lines));
  }

  #read(): void {
    const parts = new Map(this.#parts.map((part) => [part.name, part]));
    const held = new Map<string, Map<string, unknown>>(this.#parts.map(({ name }) => [name, new Map()]));
    const lines = readFileSync(this.#file, 'utf8').split('\n');
    // Whoever was killed while appending leaves half a line at the end; nobody was told of it.
    const torn = lines.pop();
    for (const [at, text] of lines.entries()) {
      const [name, id, value] = lineOf(text, `${this.#file}, line ${at + 1}`);
      if (value === undefined) held.get(name)?.delete(id);
      else held.get(name)?.set(id, value);
    }
    if (torn) process.stderr.write(`stripe simulator: the last, unfinished line of ${this.#file} was left out\n`);
    for (const [name, values] of held) {
      for (const [id, value] of values) parts.get(name)?.put(id, value as never);
    }
  }

  #changes(): Line[] {
    const lines: Line[] = [];
    for (const part of this.#parts) {
      const known = this.#known.get(part.name) ?? new Map<string, string>();
      const found = new Set<string>();
      for (const [id, value] of part.entries()) {
        found.add(id);
        const stamp = part.stamp ? part.stamp(value as never) : '';
        if (known.get(id) === stamp) continue;
        known.set(id, stamp);
        lines.push([part.name, id, value]);
      }
      if (known.size === found.size) continue;
      for (const id of [...known.keys()].filter((one) => !found.has(one))) {
        known.delete(id);
        lines.push([part.name, id]);
      }
    }
    return lines;
  }
}

const textOf = (lines: readonly Line[]): string => lines.map((line) => `${JSON.stringify(line)}\n`).join('');

function lineOf(text: string, where: string): Line {
  try {
    const line: unknown = JSON.parse(text);
    if (Array.isArray(line) && typeof line[0] === 'string' && typeof line[1] === 'string') return line as Line;
  } catch {
    // Said below.
  }
  throw new Error(`The state of the Stripe simulator cannot be read (${where}). Delete the file to begin anew.`);
}
