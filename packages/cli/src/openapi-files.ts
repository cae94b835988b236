import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { parse } from 'yaml';
import { CliError } from './cli-error.ts';

interface Versions {
  readonly apis?: readonly { readonly versions?: readonly Record<string, unknown>[] }[];
}

/** The OpenAPI files that a declaration names, read and parsed, by the name it uses; names are relative to `file`. */
export async function readDocuments(text: string, file: string): Promise<ReadonlyMap<string, unknown>> {
  const documents = new Map<string, unknown>();
  const folder = file === '-' ? '.' : dirname(file);
  for (const name of namedIn(text)) {
    const path = resolve(folder, name);
    const content = await readFile(path, 'utf8').catch((error: Error) => {
      throw new CliError(`${file}: cannot read the OpenAPI file ${name}: ${error.message}`);
    });
    try {
      documents.set(name, JSON.parse(JSON.stringify(parse(content, { maxAliasCount: 50 }) ?? null)));
    } catch (error) {
      throw new CliError(`${path}: neither JSON nor YAML: ${(error as Error).message.split('\n', 1)[0]}`);
    }
  }
  return documents;
}

function namedIn(text: string): string[] {
  try {
    return versionsOf(parse(text)).flatMap(({ openapi }) => (typeof openapi === 'string' ? [openapi] : []));
  } catch {
    return []; // What is wrong with the text is said where it is parsed for good.
  }
}

/** Puts documents in the place of their names. */
export function withDocuments(declaration: unknown, documents: ReadonlyMap<string, unknown>): unknown {
  for (const version of versionsOf(declaration)) {
    if (typeof version.openapi === 'string') version.openapi = documents.get(version.openapi) ?? version.openapi;
  }
  return declaration;
}

function versionsOf(declaration: unknown): Record<string, unknown>[] {
  const { apis } = (declaration ?? {}) as Versions;
  return Array.isArray(apis) ? (apis as NonNullable<Versions['apis']>).flatMap((api) => api?.versions ?? []) : [];
}
