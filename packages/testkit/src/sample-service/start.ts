import { createServer, type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { CATEGORY_NAMES, openInventory, PARTS } from './inventory.ts';
import { OPENAPI } from './openapi.ts';

export interface SampleService {
  /** `http://host:port` */
  readonly url: string;
  close(): Promise<void>;
}

class Problem extends Error {
  readonly status: number;

  constructor(status: number, detail: string) {
    super(detail);
    this.status = status;
  }
}

/** One call: the request, its parts, and a signal that aborts when the client leaves. */
interface Call {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
  /** Values of `{…}` in the path, in order. */
  readonly values: readonly string[];
  readonly gone: AbortSignal;
}
type Handler = (call: Call) => unknown;

const wholeNumber = (initially: number, least: number, most: number) =>
  z.coerce.number().int().min(least).max(most).default(initially);
const listQuery = z.object({
  category: z.enum(CATEGORY_NAMES as [string, ...string[]]).optional(),
  q: z.string().optional(),
  limit: wholeNumber(20, 1, 100),
  after: z.string().optional(),
});
const slowQuery = z.object({ ms: wholeNumber(1000, 0, 600_000) });
const streamQuery = z.object({ lines: wholeNumber(10, 1, 10_000), ms: wholeNumber(100, 0, 60_000) });
const newOrder = z.strictObject({
  lines: z
    .array(z.strictObject({ partId: z.string(), quantity: z.number().int().min(1).max(1000) }))
    .min(1)
    .max(50),
  reference: z.string().max(100).optional(),
});

function check<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const said = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'body'}: ${issue.message}`);
  throw new Problem(400, said.join('; '));
}

const queryOf = (call: Call): Record<string, string> => Object.fromEntries(call.url.searchParams);

const MAX_BODY_BYTES = 10 * 1024 * 1024;

async function readText(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > MAX_BODY_BYTES) throw new Problem(413, 'The body is larger than 10 MiB.');
    parts.push(part);
  }
  return Buffer.concat(parts).toString();
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Problem(400, 'The body is not JSON.');
  }
}

function send(response: ServerResponse, status: number, body: unknown, type = 'application/json'): void {
  const bytes = Buffer.from(JSON.stringify(body));
  response.writeHead(status, { 'content-type': type, 'content-length': bytes.length });
  response.end(bytes);
}

function sendProblem(response: ServerResponse, status: number, detail: string): void {
  const title = STATUS_CODES[status] ?? 'Status';
  send(response, status, { type: 'about:blank', title, status, detail }, 'application/problem+json');
}

function listParts(call: Call): unknown {
  const { category, q, limit, after } = check(listQuery, queryOf(call));
  const words = q?.toLowerCase() ?? '';
  const found = PARTS.filter(
    (part) =>
      (!category || part.category === category) &&
      part.name.toLowerCase().includes(words) &&
      (after === undefined || part.id > after),
  );
  const parts = found.slice(0, limit);
  return { parts, next: found.length > limit ? (parts.at(-1)?.id ?? null) : null };
}

async function echo(call: Call): Promise<unknown> {
  const { request, url } = call;
  const text = await readText(request);
  const isJson = /json/.test(request.headers['content-type'] ?? '') && text !== '';
  return {
    method: request.method,
    path: url.pathname,
    query: Object.fromEntries([...url.searchParams.keys()].map((name) => [name, url.searchParams.getAll(name)])),
    headers: request.headers,
    body: isJson ? parseJson(text) : text,
  };
}

async function stream(call: Call): Promise<void> {
  const { lines, ms } = check(streamQuery, queryOf(call));
  call.response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  for (let line = 1; line <= lines && !call.gone.aborted; line++) {
    call.response.write(`${JSON.stringify({ line, of: lines })}\n`);
    if (line < lines) await delay(ms, undefined, { signal: call.gone });
  }
  call.response.end();
}

function status(call: Call): void {
  const code = check(wholeNumber(200, 200, 599), call.values[0]);
  if (code === 204 || code === 304) call.response.writeHead(code).end();
  else sendProblem(call.response, code, `You asked for ${code}.`);
}

function bytes(call: Call): void {
  const count = check(wholeNumber(0, 0, 50_000_000), call.values[0]);
  call.response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': count });
  call.response.end(Buffer.alloc(count, 'parley '));
}

/** What a handler returns is sent as JSON with 200, unless it answered itself (undefined). */
function routes(): readonly (readonly [string, RegExp, Handler])[] {
  const inventory = openInventory();
  const known = <T>(found: T | undefined, what: string): T => {
    if (found === undefined) throw new Problem(404, `There is no ${what}.`);
    return found;
  };
  return [
    [
      'GET',
      /^\/$/,
      () => ({ service: 'Aurora Parts', about: 'a sample service that ships with Parley', openapi: '/openapi.json' }),
    ],
    ['GET', /^\/healthz$/, () => ({ status: 'ok' })],
    ['GET', /^\/openapi\.json$/, () => OPENAPI],
    ['GET', /^\/parts$/, listParts],
    [
      'GET',
      /^\/parts\/([^/]+)$/,
      ({ values: [id] }) =>
        known(
          PARTS.find((part) => part.id === id),
          `part ${id}`,
        ),
    ],
    [
      'POST',
      /^\/orders$/,
      async ({ request, response }) => {
        const { lines, reference } = check(newOrder, parseJson(await readText(request)));
        const order = inventory.order(lines, reference ?? null);
        if ('problem' in order) throw new Problem(409, order.problem);
        response.setHeader('location', `/orders/${order.id}`);
        send(response, 201, order);
      },
    ],
    ['GET', /^\/orders\/([^/]+)$/, ({ values: [id = ''] }) => known(inventory.find(id), `order ${id}`)],
    ['DELETE', /^\/orders\/([^/]+)$/, ({ values: [id = ''] }) => known(inventory.cancel(id), `order ${id}`)],
    [
      'GET',
      /^\/slow$/,
      async (call) => {
        const { ms } = check(slowQuery, queryOf(call));
        await delay(ms, undefined, { signal: call.gone });
        return { waitedMs: ms };
      },
    ],
    ['*', /^\/status\/(\d+)$/, status],
    ['GET', /^\/bytes\/(\d+)$/, bytes],
    ['GET', /^\/stream$/, stream],
    ['*', /^\/echo(?:\/.*)?$/, echo],
  ];
}

async function answer(
  table: ReturnType<typeof routes>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const leaving = new AbortController();
  response.once('close', () => leaving.abort());
  response.setHeader('x-served-by', 'aurora-parts');
  const url = new URL(request.url ?? '/', 'http://sample');
  const onPath = table.filter(([, path]) => path.test(url.pathname));
  const method = request.method === 'HEAD' ? 'GET' : request.method;
  const route = onPath.find(([accepted]) => accepted === '*' || accepted === method);
  try {
    if (onPath.length === 0) throw new Problem(404, `There is nothing at ${url.pathname}.`);
    if (!route) {
      response.setHeader('allow', onPath.map(([accepted]) => accepted).join(', '));
      throw new Problem(405, `${request.method} is not for ${url.pathname}.`);
    }
    const values = (route[1].exec(url.pathname) ?? []).slice(1).map(decodeURIComponent);
    const result = await route[2]({ request, response, url, values, gone: leaving.signal });
    if (result !== undefined) send(response, 200, result);
  } catch (error) {
    if (leaving.signal.aborted || response.headersSent) return void response.destroy();
    if (error instanceof Problem) sendProblem(response, error.status, error.message);
    else sendProblem(response, error instanceof URIError ? 400 : 500, String(error));
  }
}

/** Starts Aurora Parts, a small REST service to put behind a gateway. `port` 0, the default, picks a free one. */
export async function startSampleService(options: { port?: number; host?: string } = {}): Promise<SampleService> {
  const host = options.host ?? '127.0.0.1';
  const table = routes();
  const server = createServer((request, response) => void answer(table, request, response));
  server.keepAliveTimeout = 75_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, host, resolve);
  });
  return {
    url: `http://${host}:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
