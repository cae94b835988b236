import { isObject, listOf } from './document.ts';

export interface NamedServers {
  /** What the document calls the API; empty when it says nothing. */
  readonly title: string;
  /** Absolute http(s) addresses without a slash at the end, in the document's order. */
  readonly urls: readonly string[];
}

const MAX_SERVERS = 20;

/**
 * Where a document says its API is served (OpenAPI 3.1 §4.8.5), variables filled with their defaults. Addresses relative
 * to where the document lies are left out, as nobody knows where that is.
 */
export function namedServers(document: unknown): NamedServers {
  if (!isObject(document)) return { title: '', urls: [] };
  const { info } = document;
  const title = isObject(info) && typeof info.title === 'string' ? info.title.trim().slice(0, 100) : '';
  const urls = listOf(document.servers).slice(0, MAX_SERVERS).flatMap(absoluteUrl);
  return { title, urls: [...new Set(urls)] };
}

function absoluteUrl(server: unknown): string[] {
  if (!isObject(server) || typeof server.url !== 'string' || server.url.length > 500) return [];
  const variables = isObject(server.variables) ? server.variables : {};
  const text = server.url.trim().replaceAll(/\{([^{}]+)\}/g, (whole, name: string) => {
    const variable = variables[name];
    return isObject(variable) && typeof variable.default === 'string' ? variable.default : whole;
  });
  if (!/^https?:\/\//i.test(text) || /[{}]/.test(text) || !URL.canParse(text)) return [];
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') return [];
  return [`${url.origin}${url.pathname}`.replace(/\/+$/, '')];
}
