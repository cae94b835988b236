import { randomBytes } from 'node:crypto';
import { type IncomingMessage, type Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { WebSocketServer } from 'ws';
import { type Exchange, replyError } from '../../exchange.ts';
import { Failure, WireError } from '../../failure.ts';
import { type ActiveFaults, UnknownFault } from '../../faults.ts';
import { parseModel } from '../../models.ts';
import type { RequestLog } from '../../request-log.ts';
import { azure } from '../azure/format.ts';
import { openai } from '../openai/format.ts';
import { SimulatedSession } from './talk.ts';

/** Where sessions are opened, in whose manner, and where their model is named. */
const DOORS = [
  { path: '/v1/realtime', format: openai, named: 'model' },
  { path: '/openai/v1/realtime', format: azure, named: 'model' },
  { path: '/openai/realtime', format: azure, named: 'deployment' },
] as const;
/** Faults that refuse a session before it begins, by their statuses. */
const REFUSED = { '401': 'bad_key', '429': 'rate_limit', '500': 'server', '503': 'unavailable' } as const;
const MAX_PAYLOAD = 16 * 1024 * 1024;

/** Throws what a session is refused with. */
function modelOf(exchange: Exchange, named: string): { model: string; faults: ActiveFaults } {
  const given = new URL(exchange.request.url ?? '', 'http://simulator').searchParams.get(named);
  if (given === null) throw new Failure('invalid', 'You must provide a model parameter.', { param: 'model' });
  const { model, faults } = parseModel(given);
  for (const [fault, kind] of Object.entries(REFUSED)) {
    if (faults.has(fault as keyof typeof REFUSED)) throw new Failure(kind);
  }
  return { model, faults };
}

/** Takes WebSockets of OpenAI's and Azure's Realtime API at a simulator's server. Returns what ends all of them. */
export function openRealtimeDoor(server: Server, log: () => RequestLog): () => void {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_PAYLOAD });
  server.on('upgrade', (request: IncomingMessage, socket: Socket, head) => {
    socket.on('error', () => {});
    const response = new ServerResponse(request);
    response.shouldKeepAlive = false;
    response.assignSocket(socket);
    response.on('finish', () => socket.end());
    const path = request.url?.split('?')[0] ?? '';
    const door = DOORS.find((one) => one.path === path);
    const format = door?.format ?? openai;
    const record = log().begin(request, response, `req_${randomBytes(16).toString('hex')}`);
    const exchange: Exchange = {
      request,
      response,
      record,
      gone: new AbortController().signal,
      faults: new Map(),
      sentBytes: 0,
      held: [],
      params: {},
      wire: (failure) => format.wire(failure, exchange),
    };
    try {
      if (door === undefined) throw new Failure('unknown_path', `Invalid URL (GET ${path})`);
      format.authenticate(exchange, Buffer.alloc(0));
      const { model, faults } = modelOf(exchange, door.named);
      record.model = model;
      response.detachSocket(socket);
      sockets.handleUpgrade(request, socket, head, (client) => {
        client.on('error', () => {}).on('close', () => response.emit('close'));
        new SimulatedSession(client, model, faults);
      });
    } catch (error) {
      const unknown = error instanceof UnknownFault ? new Failure('invalid', error.message) : error;
      const known = unknown instanceof Failure || unknown instanceof WireError;
      replyError(exchange, known ? unknown : new Failure('server', String(error)));
    }
  });
  return () => {
    for (const client of sockets.clients) client.terminate();
  };
}
