import { createServer, type IncomingMessage, type Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { newId } from '@parley/kernel/id';
import { Exchange } from './exchange.ts';
import type { Ports } from './ports/ports.ts';
import { docUrl, refusal } from './refusals.ts';
import { endByBug } from './stages/end-by-bug.ts';
import { clientGone } from './stages/end-early.ts';
import { handle } from './walk.ts';
import { readRequestHeaders } from './wire/request-headers.ts';

/** A response that knows its exchange, so that its end needs no closure. */
class GatewayResponse extends ServerResponse {
  exchange: Exchange | null = null;
}

export interface GatewayServer {
  readonly http: Server<typeof IncomingMessage, typeof GatewayResponse>;
  /** Exchanges whose answer is not complete. */
  readonly running: ReadonlySet<Exchange>;
}

const LIMITS = {
  /** Longer than the idle time of usual load balancers, so that they close first. */
  keepAliveTimeout: 65_000,
  headersTimeout: 15_000,
  /** For a whole request with its body. */
  requestTimeout: 120_000,
  maxHeaderSize: 16_384,
  connectionsCheckingInterval: 5000,
} as const;

/**
 * The HTTP side: hands every request to the pipeline as an exchange, answers health questions, and ends what is no HTTP.
 * `ready` says whether this node should get traffic, and why not.
 */
export function createGatewayServer(
  ports: Ports,
  ready: () => { ok: boolean; detail: Record<string, unknown> },
): GatewayServer {
  const running = new Set<Exchange>();

  function onClose(this: GatewayResponse): void {
    const exchange = this.exchange;
    if (exchange === null) return;
    running.delete(exchange);
    if (exchange.settled) return;
    try {
      clientGone(exchange, ports);
    } catch (error) {
      endByBug(exchange, error, ports);
    }
  }

  function health(path: string, response: ServerResponse): void {
    const state = path === '/readyz' ? ready() : { ok: true, detail: {} };
    const body = JSON.stringify({ status: state.ok ? 'ok' : 'unavailable', node: ports.node, ...state.detail });
    response.writeHead(state.ok ? 200 : 503, [
      'content-type',
      'application/json',
      'cache-control',
      'no-store',
      'x-request-id',
      newId(),
    ]);
    response.end(body);
  }

  function serve(request: IncomingMessage, response: GatewayResponse, expectsContinue: boolean): void {
    if (request.url === '/healthz' || request.url === '/readyz') return health(request.url, response);
    const exchange = new Exchange(newId(), performance.now(), request, response, expectsContinue);
    response.exchange = exchange;
    response.on('close', onClose);
    running.add(exchange);
    readRequestHeaders(exchange);
    handle(exchange, ports);
  }

  const http = createServer({ ...LIMITS, ServerResponse: GatewayResponse, noDelay: true });
  http.on('request', (request, response) => serve(request, response, false));
  http.on('checkContinue', (request, response) => serve(request, response, true));
  http.on('checkExpectation', (request, response) => serve(request, response, false));
  http.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) =>
    answerMalformed(error, socket, ports.portalUrl),
  );
  return { http, running };
}

const MALFORMED_STATUS: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

/** Answers what cannot be parsed as HTTP; a connection in the middle of an answer is only closed. */
function answerMalformed(error: NodeJS.ErrnoException, socket: Socket, portalUrl: string): void {
  const inAnswer = (socket as Socket & { _httpMessage?: ServerResponse })._httpMessage?.headersSent === true;
  if (!socket.writable || inAnswer || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const statusLine = MALFORMED_STATUS[error.code ?? ''] ?? '400 Bad Request';
  const { code, message, nextStep } = refusal('malformed_request');
  const requestId = newId();
  const body = JSON.stringify({
    type: docUrl(code, portalUrl),
    title: message,
    status: Number(statusLine.slice(0, 3)),
    detail: nextStep,
    code,
    requestId,
  });
  socket.end(
    `HTTP/1.1 ${statusLine}\r\ncontent-type: application/problem+json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n` +
      `x-request-id: ${requestId}\r\nconnection: close\r\n\r\n${body}`,
  );
}
