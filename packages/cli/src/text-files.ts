import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { parse } from 'yaml';
import { CliError } from './cli-error.ts';

/** Long texts of policies: each may be written as `{ file: ./name }` in place of the text. */
const LONG_TEXTS: Readonly<Record<string, readonly string[]>> = {
  graphql: ['document', 'schema'],
  soap: ['wsdl'],
};

type Fields = Record<string, unknown>;

/** The files that a declaration's policies name, as they are, by the name it uses; names are relative to `file`. */
export async function readTexts(text: string, file: string): Promise<ReadonlyMap<string, string>> {
  const folder = file === '-' ? '.' : dirname(file);
  const texts = new Map<string, string>();
  for (const { fields, name } of named(parsed(text))) {
    const given = (fields[name] as { file: string }).file;
    const content = await readFile(resolve(folder, given), 'utf8').catch((error: Error) => {
      throw new CliError(`${file}: cannot read the file ${given}: ${error.message}`);
    });
    texts.set(given, content);
  }
  return texts;
}

/** Puts texts in the place of their names. */
export function withTexts(declaration: unknown, texts: ReadonlyMap<string, string>): unknown {
  for (const { fields, name } of named(declaration)) {
    fields[name] = texts.get((fields[name] as { file: string }).file) ?? fields[name];
  }
  return declaration;
}

function parsed(text: string): unknown {
  try {
    return parse(text);
  } catch {
    return null; // What is wrong with the text is said where it is parsed for good.
  }
}

/** The fields of a declaration's policies that name a file. */
function named(declaration: unknown): { fields: Fields; name: string }[] {
  const versions = listOf(declaration, 'apis').flatMap((api) => listOf(api, 'versions'));
  const owners = versions.flatMap((version) => [version, ...listOf(version, 'routes')]);
  return owners.flatMap(({ policies }) =>
    Object.entries(LONG_TEXTS).flatMap(([kind, names]) => {
      const fields = isFields(policies) ? policies[kind] : null;
      if (!isFields(fields)) return [];
      return names.filter((name) => namesFile(fields[name])).map((name) => ({ fields, name }));
    }),
  );
}

function namesFile(value: unknown): boolean {
  return isFields(value) && typeof value.file === 'string' && Object.keys(value).length === 1;
}

function listOf(value: unknown, name: string): Fields[] {
  const list = isFields(value) ? value[name] : null;
  return Array.isArray(list) ? list.filter(isFields) : [];
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
