import { type Program, parseSync } from 'oxc-parser';

export interface ParsedFile {
  readonly program: Program;
  /** One-based line of an offset into the text. */
  lineOf(offset: number): number;
  readonly module: ReturnType<typeof parseSync>['module'];
}

/** Parses TypeScript or JavaScript, with or without JSX. Throws with the path and first message where it is not valid. */
export function parseFile(path: string, text: string): ParsedFile {
  const result = parseSync(path, text);
  const first = result.errors.find((error) => error.severity === 'Error');
  if (first !== undefined) throw new Error(`${path} cannot be parsed: ${first.message}`);
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return {
    program: result.program,
    module: result.module,
    lineOf: (offset) => starts.findLastIndex((start) => start <= offset) + 1,
  };
}
