import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promptCache } from './core/prompt.ts';
import { type Exchange, parseJson, readBody, reply, replyError } from './exchange.ts';
import { Failure, WireError } from './failure.ts';
import { chooseFaults, faultCounter, lookAtBody } from './fault-choice.ts';
import type { Format, Look, Route, Settings } from './format.ts';
import { openaiError } from './formats/openai/api-error.ts';
import { openRealtimeDoor } from './formats/realtime/door.ts';
import { memory } from './memory.ts';
import { playOpeningFault } from './opening-faults.ts';
import { simulatorPage } from './page.ts';
import { type RequestRecord, requestLog } from './request-log.ts';
import { formatOf, matchRoute } from './routes.ts';

export interface SimulatorOptions {
  /** 0 picks a free port. */
  readonly port?: number;
  readonly host?: string;
  /** Pace of generation; 0, the default, is as fast as it goes. */
  readonly msPerToken?: number;
  /** Counts repeated prefixes of at least 1,024 tokens as cached. */
  readonly promptCache?: boolean;
}

export interface Simulator {
  /** `http://host:port`, without `/v1`. */
  readonly url: string;
  /** Newest first. */
  requests(): readonly RequestRecord[];
  /** Forgets requests, fault counts and cached prompts. */
  clear(): void;
  close(): Promise<void>;
}

const KEPT_BODY_BYTES = 16 * 1024;

function originOf(exchange: Exchange): string {
  return `http://${exchange.request.headers.host ?? 'localhost'}`;
}

function noteBody(record: RequestRecord, look: Look, body: unknown): void {
  record.model = look.model;
  record.stream = look.stream;
  record.body = JSON.stringify(body).length <= KEPT_BODY_BYTES ? body : null;
}

function notAllowed(method: string, path: string, allowed: readonly string[]): Failure {
  return new Failure('wrong_method', `Not allowed to ${method} on ${path}.`, {
    headers: { allow: allowed.join(', ') },
  });
}

/** The body of a call: parsed JSON, the bytes of a form, null when there is none. */
function bodyOf({ method, carries }: Route, raw: Buffer): unknown {
  if (method !== 'POST' || (carries === 'maybe' && raw.length === 0)) return null;
  return carries === 'form' ? raw : parseJson(raw);
}

/** Starts the provider simulator: a server in the formats of `routes.ts` that needs no network and says what it is. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const log = requestLog();
  const counter = faultCounter();
  const settings: Settings = {
    msPerToken: options.msPerToken ?? 0,
    promptCache: options.promptCache ? promptCache() : null,
    memory: memory(),
  };

  function clear(): void {
    log.clear();
    counter.clear();
    settings.promptCache?.clear();
    settings.memory.clear();
  }

  /** The simulator's own pages: no key, no faults. */
  const own: Readonly<Record<string, Readonly<Record<string, (exchange: Exchange) => void>>>> = {
    '/': { GET: (exchange) => reply(exchange, 200, simulatorPage(originOf(exchange)), 'text/html; charset=utf-8') },
    '/healthz': { GET: (exchange) => reply(exchange, 200, '{"status":"ok"}') },
    '/_simulator/requests': {
      GET: (exchange) => reply(exchange, 200, JSON.stringify({ total: log.total(), requests: log.recent() })),
      DELETE: (exchange) => {
        clear();
        reply(exchange, 200, '{"cleared":true}');
      },
    },
  };

  function openOwnPage(exchange: Exchange, path: string): void {
    const { method = '' } = exchange.request;
    const methods = own[path];
    if (!methods) throw new Failure('unknown_path', `Invalid URL (${method} ${path})`);
    const open = methods[method === 'HEAD' ? 'GET' : method];
    if (!open) throw notAllowed(method, path, Object.keys(methods));
    open(exchange);
  }

  async function call(exchange: Exchange, format: Format, path: string): Promise<void> {
    const { method = '' } = exchange.request;
    const raw = await readBody(exchange.request);
    format.authenticate(exchange, raw);
    const match = matchRoute(format, method, path);
    if ('allowed' in match) {
      if (match.allowed.length > 0) throw notAllowed(method, path, match.allowed);
      throw new Failure('unknown_path', `Invalid URL (${method} ${path})`);
    }
    exchange.params = match.params;
    const body = bodyOf(match.route, raw);
    const look = match.route.look?.(body, match.params) ?? lookAtBody(body);
    if (body !== null) noteBody(exchange.record, look, Buffer.isBuffer(body) ? null : body);
    exchange.faults = chooseFaults(exchange, look, { body, played: format.faults, counter });
    exchange.record.faults = [...exchange.faults.keys()];
    if (!(await playOpeningFault(exchange))) await match.route.handle(exchange, body, settings);
  }

  function fail(exchange: Exchange, error: unknown): void {
    if (exchange.gone.aborted) return;
    if (exchange.response.headersSent) {
      exchange.response.destroy();
      return;
    }
    const known = error instanceof Failure || error instanceof WireError;
    replyError(exchange, known ? error : new Failure('server', String(error)));
  }

  const server = createServer((request, response) => {
    const leaving = new AbortController();
    response.once('close', () => leaving.abort());
    response.on('error', () => leaving.abort());
    const path = request.url?.split('?')[0] ?? '';
    const format = formatOf(path, request);
    const record = (format ? log : requestLog()).begin(request, response, `req_${randomBytes(16).toString('hex')}`);
    const exchange: Exchange = {
      request,
      response,
      record,
      gone: leaving.signal,
      faults: new Map(),
      sentBytes: 0,
      held: [],
      params: {},
      wire: (failure) => (format ? format.wire(failure, exchange) : openaiError(failure)),
    };
    response.setHeader('x-parley-simulator', '1');
    for (const [name, value] of Object.entries(format?.headers(exchange) ?? {})) response.setHeader(name, value);
    const served = format ? call(exchange, format, path) : (async () => openOwnPage(exchange, path))();
    served.catch((error: unknown) => fail(exchange, error));
  });
  const endSessions = openRealtimeDoor(server, () => log);
  // Pooled clients reuse sockets; closing idle ones early would race with their next request.
  server.keepAliveTimeout = 75_000;
  const host = options.host ?? '127.0.0.1';
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
    requests: log.recent,
    clear,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
        endSessions();
        server.closeAllConnections();
      }),
  };
}
