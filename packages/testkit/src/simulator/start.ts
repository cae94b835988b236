import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ApiError } from './api-error.ts';
import { chat } from './chat.ts';
import { deliverJson } from './deliver.ts';
import { embeddingBody, parseEmbeddingRequest } from './embeddings.ts';
import { type Exchange, readJson, reply, replyError } from './exchange.ts';
import { chooseFaults, faultCounter } from './fault-choice.ts';
import { MODELS, modelObject, parseModel } from './models.ts';
import { playOpeningFault } from './opening-faults.ts';
import { simulatorPage } from './page.ts';
import { type RequestRecord, requestLog } from './request-log.ts';
import { promptCache } from './usage.ts';

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

type Handler = (exchange: Exchange, body: unknown) => void | Promise<void>;

const KEPT_BODY_BYTES = 16 * 1024;
const NO_KEY =
  "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY). The simulator takes any key that starts with 'sim-'.";

function originOf(exchange: Exchange): string {
  return `http://${exchange.request.headers.host ?? 'localhost'}`;
}

function checkKey(exchange: Exchange): void {
  const given = /^Bearer\s+(\S+)$/i.exec(exchange.request.headers.authorization ?? '')?.[1];
  if (given === undefined) throw new ApiError(401, NO_KEY);
  if (given.startsWith('sim-')) return;
  const masked = given.length > 12 ? `${given.slice(0, 4)}****${given.slice(-4)}` : '****';
  throw new ApiError(
    401,
    `Incorrect API key provided: ${masked}. The simulator takes any key that starts with 'sim-'.`,
    {
      code: 'invalid_api_key',
    },
  );
}

function noteBody(record: RequestRecord, body: unknown): void {
  const { model, stream } = (body ?? {}) as { model?: unknown; stream?: unknown };
  record.model = typeof model === 'string' ? model : null;
  record.stream = stream === true;
  record.body = JSON.stringify(body).length <= KEPT_BODY_BYTES ? body : null;
}

/** Headers every answer has: that it is simulated, and what a provider says about itself and its limits. */
function setHeaders(exchange: Exchange): void {
  const { response, record } = exchange;
  response.setHeader('x-parley-simulator', '1');
  response.setHeader('x-request-id', record.id);
  response.setHeader('openai-version', '2020-10-01');
  response.setHeader('openai-organization', 'parley-simulator');
  response.setHeader('x-ratelimit-limit-requests', '10000');
  response.setHeader('x-ratelimit-remaining-requests', '9999');
  response.setHeader('x-ratelimit-reset-requests', '6ms');
}

/** Starts the provider simulator: an OpenAI-compatible server that needs no network and says that it is a simulator. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const msPerToken = options.msPerToken ?? 0;
  const log = requestLog();
  const counter = faultCounter();
  const cache = options.promptCache ? promptCache() : null;

  function clear(): void {
    log.clear();
    counter.clear();
    cache?.clear();
  }

  /** Endpoints of the API: they take a key, and faults. */
  const api: Readonly<Record<string, Readonly<Record<string, Handler>>>> = {
    '/v1/chat/completions': { POST: (exchange, body) => chat(exchange, body, { msPerToken, cache }) },
    '/v1/embeddings': {
      POST: (exchange, body) => {
        const made = embeddingBody(parseEmbeddingRequest(body));
        return deliverJson(exchange, made.body, made.tokens, 0);
      },
    },
    '/v1/models': {
      GET: (exchange) => deliverJson(exchange, { object: 'list', data: MODELS.map(({ id }) => modelObject(id)) }, 0, 0),
    },
    '/v1/models/{model}': {
      GET: (exchange) => {
        const name = decodeURIComponent((exchange.request.url ?? '').split('?')[0]?.slice('/v1/models/'.length) ?? '');
        return deliverJson(exchange, modelObject(parseModel(name).model), 0, 0);
      },
    },
  };

  /** The simulator's own pages: no key, no faults. */
  const own: typeof api = {
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

  async function handle(exchange: Exchange): Promise<void> {
    const { method = '', url = '' } = exchange.request;
    const path = url.split('?')[0] ?? '';
    const isApi = path.startsWith('/v1/');
    if (isApi) checkKey(exchange);
    const template = /^\/v1\/models\/./.test(path) ? '/v1/models/{model}' : path;
    const methods = (isApi ? api : own)[template];
    if (!methods) {
      throw new ApiError(404, `Invalid URL (${method} ${path})`, { code: 'unknown_url' });
    }
    const handler = methods[method === 'HEAD' ? 'GET' : method];
    if (!handler) {
      throw new ApiError(405, `Not allowed to ${method} on ${path}.`, {
        code: 'method_not_supported',
        headers: { allow: Object.keys(methods).join(', ') },
      });
    }
    const body = method === 'POST' ? await readJson(exchange.request) : null;
    if (isApi) {
      if (body !== null) noteBody(exchange.record, body);
      exchange.faults = chooseFaults(exchange, body, counter);
      exchange.record.faults = [...exchange.faults.keys()];
      if (await playOpeningFault(exchange)) return;
    }
    await handler(exchange, body);
  }

  function fail(exchange: Exchange, error: unknown): void {
    if (exchange.gone.aborted) return;
    if (exchange.response.headersSent) {
      exchange.response.destroy();
      return;
    }
    const known = error instanceof ApiError ? error : new ApiError(500, String(error), { type: 'server_error' });
    replyError(exchange, known);
  }

  const server = createServer((request, response) => {
    const leaving = new AbortController();
    response.once('close', () => leaving.abort());
    response.on('error', () => leaving.abort());
    const id = `req_${randomBytes(16).toString('hex')}`;
    const watched = request.url?.startsWith('/v1/') ?? false;
    const record = (watched ? log : requestLog()).begin(request, response, id);
    const exchange: Exchange = { request, response, record, gone: leaving.signal, faults: new Map() };
    setHeaders(exchange);
    handle(exchange).catch((error: unknown) => fail(exchange, error));
  });
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
        server.closeAllConnections();
      }),
  };
}
