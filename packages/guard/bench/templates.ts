import { readFileSync } from 'node:fs';
import { pick, type Random } from './positives.ts';

/** A line of training data: fixed pieces, and pieces of which one is chosen. */
export type Template = readonly (readonly string[])[];

/** Reads `{this|that|} text`; a backslash before a bracket makes it a plain one, `\n` is a line break. */
export function template(line: string): Template {
  const open = line
    .replaceAll('\\n', '\n')
    .replaceAll('\\{', '\u0001')
    .replaceAll('\\}', '\u0002')
    .split(/(\{[^{}]*\|[^{}]*\})/);
  return open.map((piece) => {
    const choices = piece.startsWith('{') && piece.includes('|') ? piece.slice(1, -1).split('|') : [piece];
    return choices.map((choice) => choice.replaceAll('\u0001', '{').replaceAll('\u0002', '}'));
  });
}

export const expand = (random: Random, pieces: Template): string =>
  pieces.map((choices) => pick(random, choices)).join('');

/** Lines of a data file. */
export const dataLines = (name: string): string[] =>
  readFileSync(new URL(`../data/${name}.txt`, import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line !== '');
