import { z } from 'zod';

export const diffLineShape = z.object({ kind: z.enum(['same', 'added', 'removed']), text: z.string() });
export type DiffLine = z.output<typeof diffLineShape>;

/** A named part of a document, as lines to compare. */
export interface Section {
  readonly title: string;
  readonly lines: readonly string[];
}

export const diffShape = z.object({
  from: z.number(),
  to: z.number(),
  /** Parts in which something differs or stays; a part that is empty on both sides is left out. */
  sections: z.array(z.object({ title: z.string(), changed: z.boolean(), lines: z.array(diffLineShape) })),
});

/** Beyond this many cells the middle is shown as replaced whole, so that no document can stall the process. */
const MAX_CELLS = 4_000_000;

/** The fewest lines to remove and add that make one text the other (longest common subsequence). */
export function diffLines(before: readonly string[], after: readonly string[]): DiffLine[] {
  let head = 0;
  while (head < before.length && head < after.length && before[head] === after[head]) head++;
  let tail = 0;
  while (
    tail < before.length - head &&
    tail < after.length - head &&
    before[before.length - 1 - tail] === after[after.length - 1 - tail]
  ) {
    tail++;
  }
  const same = (text: string): DiffLine => ({ kind: 'same', text });
  return [
    ...before.slice(0, head).map(same),
    ...diffMiddle(before.slice(head, before.length - tail), after.slice(head, after.length - tail)),
    ...before.slice(before.length - tail).map(same),
  ];
}

function diffMiddle(before: readonly string[], after: readonly string[]): DiffLine[] {
  const removed = (text: string): DiffLine => ({ kind: 'removed', text });
  const added = (text: string): DiffLine => ({ kind: 'added', text });
  const width = after.length + 1;
  if ((before.length + 1) * width > MAX_CELLS) return [...before.map(removed), ...after.map(added)];
  const lengths = new Uint32Array((before.length + 1) * width);
  const at = (i: number, j: number): number => lengths[i * width + j] as number;
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      lengths[i * width + j] = before[i] === after[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const out: DiffLine[] = [];
  let i = 0;
  let j = 0;
  while (i < before.length && j < after.length) {
    if (before[i] === after[j]) {
      out.push({ kind: 'same', text: before[i++] as string });
      j++;
    } else if (at(i + 1, j) >= at(i, j + 1)) out.push(removed(before[i++] as string));
    else out.push(added(after[j++] as string));
  }
  return [...out, ...before.slice(i).map(removed), ...after.slice(j).map(added)];
}

/** Compares two documents part by part, by the parts' titles. */
export function diffSections(
  before: readonly Section[],
  after: readonly Section[],
): z.output<typeof diffShape>['sections'] {
  const old = new Map(before.map((section) => [section.title, section.lines]));
  const titles = [...new Set([...before, ...after].map((section) => section.title))];
  const fresh = new Map(after.map((section) => [section.title, section.lines]));
  return titles
    .map((title) => ({ title, lines: diffLines(old.get(title) ?? [], fresh.get(title) ?? []) }))
    .filter(({ lines }) => lines.length > 0)
    .map(({ title, lines }) => ({ title, changed: lines.some(({ kind }) => kind !== 'same'), lines }));
}

/** JSON as lines, keys in order, so that equal values give equal lines. */
export function jsonLines(value: unknown): string[] {
  return JSON.stringify(sortKeys(value), null, 2)?.split('\n') ?? [];
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, inner]) => [name, sortKeys(inner)]),
  );
}

/** True when two JSON values say the same, whatever the order of their keys. */
export function sameJson(a: unknown, b: unknown): boolean {
  return JSON.stringify(sortKeys(a)) === JSON.stringify(sortKeys(b));
}
