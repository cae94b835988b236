import { readFile } from 'node:fs/promises';
import { type Declaration, declarationSchema } from '@parley/contracts/declaration';
import { LineCounter, parseDocument } from 'yaml';
import { CliError } from './cli-error.ts';
import { readDocuments, withDocuments } from './openapi-files.ts';
import { readTexts, withTexts } from './text-files.ts';

type Lists = Omit<Declaration, 'parley' | 'tenant'>;
/** Every list of a document, so that one that is added there is missed by the compiler here. */
const NO_LISTS = (): Lists => ({
  providers: [],
  models: [],
  upstreams: [],
  promptPartials: [],
  prompts: [],
  apis: [],
  hosts: [],
  budgets: [],
  applications: [],
});
const VARIABLE = /\$\{([A-Z_][A-Z0-9_]*)\}/g;

async function readText(file: string): Promise<string> {
  if (file !== '-') {
    return readFile(file, 'utf8').catch((error: Error) => {
      throw new CliError(`Cannot read ${file}: ${error.message}`);
    });
  }
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

/** Replaces `${NAME}` within texts, after parsing, so that a value cannot change the document's structure. */
function substitute(value: unknown, variables: Readonly<Record<string, string | undefined>>, file: string): unknown {
  if (typeof value === 'string') {
    return value.replace(VARIABLE, (_, name: string) => {
      const found = variables[name];
      if (found === undefined) throw new CliError(`${file} uses \${${name}}, which is not set in the environment.`);
      return found;
    });
  }
  if (Array.isArray(value)) return value.map((item) => substitute(item, variables, file));
  if (value && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, substitute(item, variables, file)]));
  }
  return value;
}

/** What a declaration names by file. */
interface Files {
  readonly documents: ReadonlyMap<string, unknown>;
  readonly texts: ReadonlyMap<string, string>;
}

/** Parses one YAML text into a declaration. Throws `CliError` naming line and field of what is wrong. */
export function parseDeclaration(
  text: string,
  file: string,
  variables: Readonly<Record<string, string | undefined>>,
  { documents = new Map(), texts = new Map() }: Partial<Files> = {},
): Declaration {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter });
  const [syntax] = document.errors;
  if (syntax) throw new CliError(`${file}: ${syntax.message}`);
  const parsed = declarationSchema.safeParse(
    withTexts(withDocuments(substitute(document.toJS({ maxAliasCount: 100 }), variables, file), documents), texts),
  );
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map((issue) => {
    const node = document.getIn(issue.path as string[], true) as { range?: [number, number, number] } | undefined;
    const at = node?.range ? `${file}:${lineCounter.linePos(node.range[0]).line}` : file;
    return `${at}: ${issue.path.join('.')}: ${issue.message}`;
  });
  throw new CliError(lines.join('\n'));
}

/** Reads several files as one declaration; their lists are joined in the order given. */
export async function readDeclarations(
  files: readonly string[],
  variables: Readonly<Record<string, string | undefined>>,
): Promise<Declaration> {
  if (files.length === 0) throw new CliError('Name at least one file with -f.');
  const all = await Promise.all(
    files.map(async (file) => {
      const text = await readText(file);
      const [documents, texts] = await Promise.all([readDocuments(text, file), readTexts(text, file)]);
      return parseDeclaration(text, file, variables, { documents, texts });
    }),
  );
  const tenants = new Set(all.flatMap((one) => one.tenant ?? []));
  if (tenants.size > 1) throw new CliError(`The files name different tenants: ${[...tenants].join(', ')}.`);
  const [tenant] = tenants;
  const joined: Declaration = { parley: 1, ...(tenant ? { tenant } : {}), ...NO_LISTS() };
  for (const one of all) {
    for (const list of Object.keys(NO_LISTS()) as (keyof Lists)[]) (joined[list] as unknown[]).push(...one[list]);
  }
  return joined;
}
