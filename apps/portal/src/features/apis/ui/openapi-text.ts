import { type Imported, importedRoutes } from '@parley/domain/openapi/imported-routes';
import { parse } from 'yaml';

/** What an OpenAPI document, as JSON or YAML text, would make of a version. Comes with the YAML library: load it lazily. */
export function readOpenapiText(text: string): Imported {
  try {
    return importedRoutes(parse(text, { schema: 'core', maxAliasCount: 50 }));
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split('\n', 1)[0] ?? '') : '';
    return { routes: [], problems: [`This is neither JSON nor YAML: ${reason}`] };
  }
}
