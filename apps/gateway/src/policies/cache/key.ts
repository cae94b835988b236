import { hash } from 'node:crypto';
import type { CachePolicy } from '@parley/contracts/policies/cache';

type QueryPolicy = Pick<CachePolicy, 'ignoredParams' | 'sortParams'>;

function nameOf(parameter: string): string {
  const raw = parameter.split('=', 1)[0] as string;
  try {
    return decodeURIComponent(raw.replaceAll('+', ' '));
  } catch {
    return raw;
  }
}

/** A query in the form that keys are made of: without ignored parameters, in order of names where that is asked for. */
export function keyQuery(query: string, { ignoredParams, sortParams }: QueryPolicy): string {
  if (query.length < 2 || (ignoredParams.length === 0 && !sortParams)) return query;
  const named = query
    .slice(1)
    .split('&')
    .map((parameter) => [nameOf(parameter), parameter] as const)
    .filter(([name]) => !ignoredParams.includes(name));
  if (sortParams) named.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return named.length === 0 ? '' : `?${named.map(([, parameter]) => parameter).join('&')}`;
}

/** Names what a path of an API version leads to, for all callers and queries: what an unsafe call makes outdated. */
export function resourceKey(
  ...[tenantId, versionId, generation, path]: readonly [string, string, number, string]
): string {
  return hash('sha256', JSON.stringify([tenantId, versionId, generation, path]), 'base64url');
}

export interface Asked {
  readonly resource: string;
  /** Whose answers these are: an application's id, or empty for answers shared by all. */
  readonly partition: string;
  readonly host: string;
  readonly query: string;
}

/** Names a question: GET of a resource by somebody. */
export function primaryKey({ resource, partition, host, query }: Asked): string {
  return hash('sha256', JSON.stringify([resource, partition, host, query]), 'base64url');
}

/** Names the answer among several that these request headers select (RFC 9111 §4.1). */
export function variantKey(primary: string, names: readonly string[], flatHeaders: readonly string[]): string {
  const values = names.map((name) => {
    const lines: string[] = [];
    for (let i = 0; i < flatHeaders.length; i += 2) {
      if (flatHeaders[i] === name) lines.push((flatHeaders[i + 1] as string).trim());
    }
    return [name, lines.length === 0 ? null : lines.join(', ')];
  });
  return hash('sha256', JSON.stringify([primary, values]), 'base64url');
}
