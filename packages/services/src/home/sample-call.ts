import type { SampleCall } from './overview-shape.ts';

interface Described {
  readonly publisher: string;
  readonly api: string;
  readonly name: string;
  /** OpenAPI 3.1 document of the version. */
  readonly reference: unknown;
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];

/**
 * The plainest call that an API's reference describes: a POST with an example where there is one (a prompt, a chat),
 * otherwise the first GET without parameters in its path. `null` when nothing can be called as it stands.
 */
export function sampleCall({ publisher, api, name, reference }: Described): SampleCall | null {
  const server = at(reference, 'servers', 0, 'url');
  const paths = at(reference, 'paths');
  if (typeof server !== 'string' || !isRecord(paths)) return null;
  const calls = Object.entries(paths).flatMap(([path, item]) =>
    METHODS.filter((method) => isRecord(item) && isRecord(item[method])).map((method) => ({
      path,
      method: method.toUpperCase(),
      body: bodyOf(at(item, method)),
    })),
  );
  const plain = calls.filter((call) => !call.path.includes('{'));
  const chosen =
    plain.find((call) => call.method === 'POST' && call.body !== null) ??
    plain.find((call) => call.method === 'GET') ??
    plain[0];
  if (!chosen) return null;
  const url = `${server}${chosen.path === '/' ? '' : chosen.path}`;
  return { publisher, api, name, method: chosen.method, url, body: chosen.body };
}

function bodyOf(operation: unknown): string | null {
  const content = at(operation, 'requestBody', 'content', 'application/json');
  const example = at(content, 'example') ?? first(at(content, 'examples')) ?? at(content, 'schema', 'examples', 0);
  if (example !== undefined) return JSON.stringify(example);
  return isRecord(content) ? '{}' : null;
}

function first(examples: unknown): unknown {
  return isRecord(examples) ? at(Object.values(examples)[0], 'value') : undefined;
}

function at(value: unknown, ...path: (string | number)[]): unknown {
  let here = value;
  for (const step of path) {
    if (Array.isArray(here)) here = here[Number(step)];
    else if (isRecord(here)) here = here[String(step)];
    else return undefined;
  }
  return here;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
