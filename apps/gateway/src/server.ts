import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Socket } from 'node:net';
import { newId } from '@parley/kernel/id';
import { answerMalformed, refuseTunnel } from './door/answer-malformed.ts';
import { GatewayResponse } from './door/gateway-response.ts';
import { Http2Door } from './door/http2/h2-door.ts';
import { IdleConnections } from './door/idle-connections.ts';
import { chooseProtocol, PROTOCOLS } from './door/protocols.ts';
import { PACE, type Pace, SlowClients } from './door/slow-clients.ts';
import { ALLOWED_METHODS, readTarget } from './door/target.ts';
import { isWebSocketHandshake, onUpgrade, type Upgrade } from './door/upgrade.ts';
import { Exchange } from './exchange.ts';
import { type Explainer, isQuestion } from './explain/answer.ts';
import { LinkedList } from './linked-list.ts';
import type { Ports } from './ports/ports.ts';
import { endByBug } from './stages/end-by-bug.ts';
import { clientGone } from './stages/end-early.ts';
import { refuse } from './stages/refuse.ts';
import { handle } from './walk.ts';
import { readRequestHeaders } from './wire/request-headers.ts';

export interface GatewayServer {
  readonly http: Server<typeof IncomingMessage, typeof GatewayResponse>;
  readonly http2: Http2Door;
  /** Connections that have asked nothing. */
  readonly undecided: { close(): void };
  /** Exchanges whose answer is not complete. */
  readonly running: Pick<LinkedList<Exchange>, 'size' | 'forEach'>;
}

/** An answer that knows its exchange. */
type Answer = ServerResponse & { exchange: Exchange | null };

/** Longer than the idle time of usual load balancers, so that they close first. */
const IDLE_MS = 65_000;

const LIMITS = {
  headersTimeout: 15_000,
  /** For a whole request with its body. */
  requestTimeout: 120_000,
  maxHeaderSize: 16_384,
  connectionsCheckingInterval: 5000,
  /** A missing Host is answered like any other fault (wire/request-headers.ts). */
  requireHostHeader: false,
};

/** The gateway's own certificate, and the authorities whose clients' names it believes; all PEM. */
export interface DoorTls {
  readonly cert: string;
  readonly key: string;
  /** `null`: certificates are known by their thumbprints alone. */
  readonly clientCa: string | null;
}

/**
 * Every client is asked for a certificate and none needs one: an API's policy says whether it counts, so one that nobody
 * vouches for may come in as well.
 */
function tlsOptions({ cert, key, clientCa }: DoorTls) {
  const ca = clientCa === null ? {} : { ca: clientCa };
  const asks = { requestCert: true, rejectUnauthorized: false };
  return { cert, key, ...ca, ...asks, minVersion: 'TLSv1.2' as const, ALPNProtocols: PROTOCOLS };
}

/** Time-outs of the door where they are not the usual ones: for tests. */
export interface DoorTimes extends Partial<typeof LIMITS> {
  readonly idleMs?: number;
  readonly pace?: Pace;
  /** Answers the portal's dry runs; without it their address is like any other that is not there. */
  readonly explainer?: Explainer | null;
  /** Where the gateway ends TLS itself. */
  readonly tls?: DoorTls | null;
}

/**
 * The HTTP side: hands every request to the pipeline as an exchange, answers health questions, and ends what is no HTTP.
 * `ready` says whether this node should get traffic, and why not.
 */
export function createGatewayServer(
  ports: Ports,
  ready: () => { ok: boolean; detail: Record<string, unknown> },
  { pace = PACE, explainer = null, tls = null, idleMs = IDLE_MS, ...times }: DoorTimes = {},
): GatewayServer {
  const running = new LinkedList<Exchange>();
  const idleSeconds = Math.floor(idleMs / 1000);

  function onClose(this: Answer): void {
    const exchange = this.exchange;
    if (exchange === null) return;
    running.remove(exchange);
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

  function serve(
    request: IncomingMessage,
    response: Answer,
    expectsContinue: boolean,
    upgrade: Upgrade | null = null,
  ): void {
    if (request.url === '/healthz' || request.url === '/readyz') return health(request.url, response);
    if (explainer !== null && isQuestion(request.url)) return explainer(request, response);
    if (request.method === 'OPTIONS' && endsHere(request)) return tellMethods(response);
    const badTarget = readTarget(request);
    const exchange = new Exchange(newId(), performance.now(), request, response, expectsContinue);
    exchange.upgrade = upgrade;
    exchange.clients = ports.clients;
    response.exchange = exchange;
    response.on('close', onClose);
    running.add(exchange);
    const fault = badTarget ?? readRequestHeaders(exchange);
    if (ports.observer !== null) ports.observer.begin(exchange);
    if (fault === null) return handle(exchange, ports);
    exchange.closes = true;
    refuse(exchange, fault, ports);
  }

  const settings = {
    ...LIMITS,
    ...times,
    // Idle connections are looked after here (door/idle-connections.ts).
    keepAliveTimeout: 0,
    ServerResponse: GatewayResponse,
    noDelay: true,
    shouldUpgradeCallback: isWebSocketHandshake,
  };
  const http = tls === null ? createServer(settings) : createTlsServer({ ...settings, ...tlsOptions(tls) });
  http.on('request', (request, response) => {
    response.idleSeconds = idleSeconds;
    serve(request, response, false);
  });
  http.on('checkContinue', (request, response) => serve(request, response, true));
  http.on('checkExpectation', (request, response) => serve(request, response, false));
  http.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) =>
    answerMalformed(error, socket, ports.portalUrl),
  );
  http.on('upgrade', (request, socket: Socket, head) =>
    serve(request, onUpgrade(new GatewayResponse(request), socket), false, { socket, head }),
  );
  http.on('connect', (_request, socket) => refuseTunnel(socket as Socket, ports.portalUrl));
  const idle = new IdleConnections(running, idleMs);
  const http2 = new Http2Door(serve, idleMs);
  const undecided = chooseProtocol({ http, http2, secure: tls !== null, onHttp1: (socket) => idle.accept(socket) });
  const slowClients = new SlowClients(running, ports, pace);
  http.on('close', () => {
    slowClients.close();
    idle.close();
  });
  return { http, http2, undecided, running };
}

/** `OPTIONS *` (RFC 9110 §9.3.7), or one that may go no further (§7.6.2). */
function endsHere(request: IncomingMessage): boolean {
  return request.url === '*' || request.headers['max-forwards'] === '0';
}

function tellMethods(response: ServerResponse): void {
  response.writeHead(204, ['allow', ALLOWED_METHODS, 'x-request-id', newId()]);
  response.end();
}
