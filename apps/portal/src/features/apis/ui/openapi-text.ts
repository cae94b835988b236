import { type Imported, importedRoutes } from '@parley/domain/openapi/imported-routes';
import { type NamedServers, namedServers } from '@parley/domain/openapi/servers';
import { parse } from 'yaml';

export interface OpenapiPreview extends Imported, NamedServers {}

/** What an OpenAPI document, as JSON or YAML text, would make of a version. Comes with the YAML library: load it lazily. */
export function readOpenapiText(text: string): OpenapiPreview {
  try {
    const document: unknown = parse(text, { schema: 'core', maxAliasCount: 50 });
    return { ...importedRoutes(document), ...namedServers(document) };
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split('\n', 1)[0] ?? '') : '';
    return { routes: [], problems: [`This is neither JSON nor YAML: ${reason}`], title: '', urls: [] };
  }
}
