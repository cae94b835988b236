import { type ImportedRoute, importedRoutes } from '@parley/domain/openapi/imported-routes';
import { Fault } from '@parley/kernel/fault';
import { parse } from 'yaml';
import { openapiProblem } from './imported-openapi.ts';

/** Largest text of a document, in characters. */
export const MAX_OPENAPI_TEXT = 2_000_000;

export interface ReadOpenapi {
  readonly document: Record<string, unknown>;
  readonly routes: readonly ImportedRoute[];
}

/** Reads an OpenAPI 3.0 or 3.1 document: parsed, or as JSON or YAML text. Throws `invalid_input` with every reason. */
export function readOpenapiDocument(given: unknown): ReadOpenapi {
  const document = typeof given === 'string' ? parsedText(given) : given;
  const problem = openapiProblem(document);
  if (problem) refuse([problem]);
  const { routes, problems } = importedRoutes(document);
  if (problems.length > 0) refuse(problems);
  return { document: document as Record<string, unknown>, routes };
}

function parsedText(text: string): unknown {
  try {
    // Plain JSON values: dates stay texts, and few aliases, which could unfold to anything.
    return JSON.parse(JSON.stringify(parse(text, { schema: 'core', maxAliasCount: 50 }) ?? null));
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split('\n', 1)[0] ?? '') : '';
    return refuse([`This is neither JSON nor YAML: ${reason.slice(0, 200)}`]);
  }
}

function refuse(problems: readonly string[]): never {
  throw new Fault(
    'invalid_input',
    'This document cannot be imported.',
    problems.map((message) => ({ path: 'openapi', message })),
  );
}
