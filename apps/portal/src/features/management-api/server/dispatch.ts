import { Fault } from '@parley/kernel/fault';
import { newId } from '@parley/kernel/id';
import type { Context } from '@parley/services/context';
import { idempotent } from '@parley/services/idempotent';
import type { AnyVerb } from '@parley/services/verb';
import { problem } from './problem.ts';
import { matchRoute } from './route-table.ts';

const MAX_BODY_BYTES = 8 * 1024 * 1024;

export interface DispatchOptions {
  /** The caller: a context for the bearer token, or one for a visitor when there is none. Throws `Fault`. */
  authenticate(request: Request): Promise<Context>;
  /** Told of failures that are ours, with the request id that the caller was shown. */
  report(error: unknown, requestId: string): void;
}

/** One call of the management API: match → authenticate → read → verb → reply. Every reply carries `x-request-id`. */
export async function dispatch(request: Request, path: readonly string[], options: DispatchOptions): Promise<Response> {
  const requestId = newId();
  try {
    const match = matchRoute(request.method, path);
    if (!match) return problem(new Fault('not_found', 'There is no such path. See /api/v1/openapi.json.'), requestId);
    if ('allow' in match) return methodNotAllowed(match.allow, requestId);
    const context = await options.authenticate(request);
    const input = { ...(await readInput(request)), ...match.parameters };
    const output = await run(request, match.verb, context, input);
    return Response.json(output, { headers: { 'x-request-id': requestId, 'cache-control': 'no-store' } });
  } catch (error) {
    if (error instanceof Fault) {
      return problem(
        error,
        requestId,
        error.code === 'unauthenticated' ? { 'www-authenticate': 'Bearer realm="parley"' } : {},
      );
    }
    options.report(error, requestId);
    return Response.json(
      {
        type: '/docs/errors#internal',
        title: 'Our mistake',
        status: 500,
        code: 'internal',
        requestId,
        detail: `Something failed on our side. Give this id to support: ${requestId}.`,
      },
      { status: 500, headers: { 'content-type': 'application/problem+json', 'x-request-id': requestId } },
    );
  }
}

function run(request: Request, verb: AnyVerb, context: Context, input: Record<string, unknown>): Promise<unknown> {
  const key = request.headers.get('idempotency-key');
  if (!key || verb.spec.kind === 'read' || !context.tenantId) return verb.invoke(context, input);
  if (key.length > 200) throw new Fault('invalid_input', 'An Idempotency-Key has at most 200 characters.');
  return idempotent(context, `${verb.spec.name}:${key}`, input, (inner) => verb.invoke(inner, input));
}

async function readInput(request: Request): Promise<Record<string, unknown>> {
  if (request.method === 'GET' || request.method === 'DELETE') return readQuery(new URL(request.url));
  const bytes = Number(request.headers.get('content-length') ?? 0);
  const text = bytes > MAX_BODY_BYTES ? null : await request.text();
  if (text === null || text.length > MAX_BODY_BYTES) throw new Fault('invalid_input', 'The body is larger than 8 MiB.');
  if (text.trim() === '') return {};
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new Fault('invalid_input', `The body is not JSON: ${(error as Error).message}.`);
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new Fault('invalid_input', 'The body must be a JSON object.');
  }
  return parsed as Record<string, unknown>;
}

function readQuery(url: URL): Record<string, unknown> {
  const input: Record<string, unknown> = {};
  for (const name of new Set(url.searchParams.keys())) {
    const values = url.searchParams.getAll(name);
    input[name] = values.length > 1 ? values : values[0];
  }
  return input;
}

function methodNotAllowed(allow: string[], requestId: string): Response {
  return Response.json(
    {
      type: '/docs/errors#method_not_allowed',
      title: 'Method not allowed',
      status: 405,
      code: 'method_not_allowed',
      requestId,
      detail: `This path takes ${allow.join(', ')}.`,
    },
    {
      status: 405,
      headers: { 'content-type': 'application/problem+json', 'x-request-id': requestId, allow: allow.join(', ') },
    },
  );
}
