import { type BenchRow, benchRowSchema } from '@parley/contracts/bench';
import type { PromptVariable } from '@parley/contracts/snapshot';

const OWN = ['expected', 'checks'] as const;

/** Splits CSV (RFC 4180): quoted fields, doubled quotes, line ends of any kind; a byte order mark is left out. */
export function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let field = '';
  let quoted = false;
  const endRow = (): void => {
    row.push(field);
    if (row.length > 1 || row[0] !== '') rows.push(row);
    row = [];
    field = '';
  };
  const source = text.replace(/^\uFEFF/, '');
  for (let at = 0; at < source.length; at++) {
    const char = source[at] as string;
    if (quoted) {
      if (char !== '"') field += char;
      else if (source[at + 1] === '"') field += source[++at];
      else quoted = false;
    } else if (char === '"' && field === '') quoted = true;
    else if (char === ',') {
      row.push(field);
      field = '';
    } else if (char === '\n' || char === '\r') {
      if (char === '\r' && source[at + 1] === '\n') at++;
      endRow();
    } else field += char;
  }
  if (field !== '' || row.length > 0) endRow();
  return rows;
}

/** Text stays text; every other type is read as JSON where it is some. */
function valueOf(text: string, type: PromptVariable['type']): BenchRow['variables'][string] {
  if (type === 'string' || type === 'enum') return text;
  try {
    return JSON.parse(text) as BenchRow['variables'][string];
  } catch {
    return text;
  }
}

/**
 * Rows of a dataset from CSV: a column for each variable, `expected`, and `checks` as JSON. Empty fields are left out.
 * Throws `Error` with the line that is wrong.
 */
export function rowsFromCsv(text: string, variables: readonly Pick<PromptVariable, 'name' | 'type'>[]): BenchRow[] {
  const [head, ...lines] = parseCsv(text);
  if (!head) throw new Error('The first line must name the columns.');
  const types = new Map(variables.map(({ name, type }) => [name, type]));
  return lines.map((fields, at) => {
    const where = `Line ${at + 2}`;
    const given: Record<string, BenchRow['variables'][string]> = {};
    let expected: string | undefined;
    let checks: unknown = [];
    head.forEach((name, column) => {
      const field = fields[column] ?? '';
      if (field === '') return;
      if (name === 'expected') expected = field;
      else if (name !== 'checks') given[name] = valueOf(field, types.get(name) ?? 'string');
      else checks = checksIn(field, where);
    });
    const parsed = benchRowSchema.safeParse({
      variables: given,
      ...(expected === undefined ? {} : { expected }),
      checks,
    });
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    throw new Error(`${where}: ${issue?.path.join('.') ?? ''} ${issue?.message ?? 'is not right'}`);
  });
}

function checksIn(field: string, where: string): unknown {
  try {
    return JSON.parse(field);
  } catch {
    throw new Error(`${where}: the column “checks” must be JSON, like [{"kind":"contains","value":"yes"}].`);
  }
}

function escaped(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The same rows as CSV; `rowsFromCsv` reads them again. */
export function csvOf(rows: readonly BenchRow[]): string {
  const names = [...new Set(rows.flatMap(({ variables }) => Object.keys(variables)))];
  const lines = rows.map(({ variables, expected = '', checks }) => [
    ...names.map((name) => {
      const value = variables[name];
      return value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value);
    }),
    expected,
    checks.length > 0 ? JSON.stringify(checks) : '',
  ]);
  return [[...names, ...OWN], ...lines].map((line) => `${line.map(escaped).join(',')}\r\n`).join('');
}
