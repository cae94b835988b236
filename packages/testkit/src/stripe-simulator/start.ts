import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerCall, type RawCall } from './answer-call.ts';
import { ApiFaults } from './api-faults.ts';
import { hostedPage } from './hosted-pages.ts';
import { type Answer, Idempotency } from './idempotency.ts';
import { KeptState } from './kept-state.ts';
import { metersOf } from './meter-events.ts';
import { RateWindow } from './rate-window.ts';
import { runDue } from './resources/renewal.ts';
import { stateParts } from './state-parts.ts';
import { StripeFailure } from './stripe-error.ts';
import { type WebhookAddress, type WebhookFault, Webhooks } from './webhooks.ts';
import { World } from './world.ts';

/** The version of Stripe's API whose shapes are played: the one stripe-node 23 pins. */
export const API_VERSION = '2026-10-28.endive';

export interface StripeSimulatorOptions {
  readonly host?: string;
  /** 0 picks a free port. */
  readonly port?: number;
  readonly secretKey?: string;
  /** Where events are sent, and the secrets they are signed with. */
  readonly webhook?: WebhookAddress;
  /** Pauses between tries of a webhook, ms; some minutes in all unless told. */
  readonly webhookRetryMs?: readonly number[];
  /** Calls a second before 429; 100 unless told, as Stripe's live mode. */
  readonly requestsPerSecond?: number;
  /** File that outlives the process; without one everything is kept in memory only. */
  readonly stateFile?: string;
}

export interface StripeCall {
  readonly method: string;
  readonly path: string;
  readonly body: string;
  readonly idempotencyKey: string | null;
  readonly status: number;
}

export interface StripeSimulator {
  /** `http://host:port`, for STRIPE_API_BASE. */
  readonly url: string;
  readonly secretKey: string;
  readonly world: World;
  readonly webhooks: Webhooks;
  /** What goes wrong with the next calls. */
  readonly faults: ApiFaults;
  /** Every call of the API, in order. */
  readonly calls: readonly StripeCall[];
  /** Moves the account's time on and does what falls due. */
  advance(seconds: number): void;
  close(): Promise<void>;
}

const RETRY_MS = [500, 2_000, 5_000, 15_000, 60_000, 120_000];
const MAX_BODY = 1024 * 1024;
const KEPT_CALLS = 10_000;
/** How often what has fallen due is done. */
const DUE_EVERY_MS = 60_000;
const FAULTS_PATH = '/simulator/webhook-faults';
const MOST_FAULTS = 1000;
const FAULTS: readonly WebhookFault[] = [
  { kind: 'duplicate' },
  { kind: 'reorder' },
  { kind: 'delay', ms: 5_000 },
  { kind: 'drop' },
  { kind: 'wrongSignature' },
  { kind: 'stale', seconds: 600 },
];
const EVENTS_KEPT_SECONDS = 30 * 86_400;

/** Reads the state from its file, without what Stripe would have forgotten as well. */
function openState(
  file: string,
  { world, keys, webhooks }: { world: World; keys: Idempotency; webhooks: Webhooks },
): KeptState {
  const state = new KeptState(file, stateParts(world, keys, webhooks));
  keys.prune(world.now());
  for (const { id, created } of world.events.all()) {
    if (created < world.now() - EVENTS_KEPT_SECONDS) world.events.remove(id);
  }
  state.note();
  return state;
}

async function readBody(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > MAX_BODY) throw new StripeFailure(413, 'The request is too large.');
    parts.push(part);
  }
  return Buffer.concat(parts).toString();
}

/**
 * Starts the Stripe simulator: an HTTP server that the real `stripe` SDK talks to, strict about parameters, idempotency
 * keys and meters. It says in each answer what it is (`x-simulated`), and moves no money.
 */
export async function startStripeSimulator(options: StripeSimulatorOptions = {}): Promise<StripeSimulator> {
  const host = options.host ?? '127.0.0.1';
  const secretKey = options.secretKey ?? 'sk_test_parley_simulator';
  const world = new World(API_VERSION);
  const keys = new Idempotency();
  const faults = new ApiFaults();
  const rate = new RateWindow(options.requestsPerSecond ?? 100);
  const calls: StripeCall[] = [];
  let state: KeptState | null = null;
  const keep = (): void => state?.note();
  const webhooks = new Webhooks({ retryMs: options.webhookRetryMs ?? RETRY_MS, changed: keep });
  webhooks.address = options.webhook ?? null;
  if (options.stateFile !== undefined) state = openState(options.stateFile, { world, keys, webhooks });
  world.onEvent = (event) => {
    webhooks.send(event);
    // Written when what is being done is done, and before anything goes out on the wire.
    queueMicrotask(keep);
  };

  function send(response: ServerResponse, answer: Answer, requestId: string, call: RawCall): void {
    response.writeHead(answer.status, {
      'content-type': 'application/json',
      'request-id': requestId,
      'stripe-version': API_VERSION,
      'x-simulated': 'parley-stripe-simulator',
      ...(call.headers['idempotency-key'] ? { 'idempotency-key': String(call.headers['idempotency-key']) } : {}),
      ...answer.headers,
    });
    response.end(answer.body);
  }

  async function api(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const requestId = world.id('req');
    const call: RawCall = {
      method: request.method ?? 'GET',
      path: url.pathname,
      query: url.search.slice(1),
      body: await readBody(request),
      headers: request.headers,
    };
    const fault = faults.next(`${call.method} ${call.path}`);
    if (fault === 'unreachable') return void request.socket.destroy();
    const answer =
      fault === 'rateLimit' || rate.isOver(Date.now()) ? RATE_LIMITED : fault === 'serverError' ? SERVER_ERROR : null;
    const given = answer ?? answerCall(call, { world, keys, secretKey, requestId });
    if (calls.length >= KEPT_CALLS) calls.shift();
    const idempotencyKey = call.headers['idempotency-key'];
    const { method, path, body } = call;
    calls.push({
      method,
      path,
      body,
      idempotencyKey: idempotencyKey ? String(idempotencyKey) : null,
      status: given.status,
    });
    keep();
    if (fault === 'answerLost') return void request.socket.destroy();
    send(response, given, requestId, call);
  }

  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://simulator');
    const work =
      url.pathname.startsWith('/v1/') || url.pathname.startsWith('/v2/')
        ? api(request, response, url)
        : hosted(request, response, url);
    work.catch((error: unknown) => {
      response.writeHead(500, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ error: { type: 'api_error', message: `The simulator failed: ${String(error)}` } }));
    });
  });
  const hosted = async (request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> => {
    const form = request.method === 'POST' ? new URLSearchParams(await readBody(request)) : null;
    if (form !== null && url.pathname === FAULTS_PATH) return planFaults(webhooks, form, response);
    return hostedPage(world, { request, response, url, form, keep });
  };

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, host, resolve);
  });
  world.url = `http://${host}:${(server.address() as AddressInfo).port}`;
  const catchUp = (): void => {
    metersOf(world).settle();
    runDue(world);
    keep();
  };
  for (const id of webhooks.waiting) {
    const event = world.events.find(id) ?? world.thinEvents.get(id);
    if (event) webhooks.resend(event);
  }
  catchUp();
  const clock = setInterval(catchUp, DUE_EVERY_MS).unref();
  return {
    url: world.url,
    secretKey,
    world,
    webhooks,
    faults,
    calls,
    advance(seconds) {
      world.advance(seconds);
      catchUp();
    },
    async close() {
      clearInterval(clock);
      await webhooks.close();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

/** Has the delivery of the next events go wrong: `kind=duplicate&times=3`. Nothing like it exists at Stripe. */
function planFaults(webhooks: Webhooks, form: URLSearchParams, response: ServerResponse): void {
  const fault = FAULTS.find(({ kind }) => kind === form.get('kind'));
  const times = Number(form.get('times') ?? 1);
  const good = fault !== undefined && Number.isInteger(times) && times >= 1 && times <= MOST_FAULTS;
  if (good) webhooks.fault(fault, { times });
  const kinds = FAULTS.map(({ kind }) => kind).join(', ');
  response.writeHead(good ? 200 : 400, { 'content-type': 'text/plain' });
  response.end(good ? 'Planned.\n' : `Give kind (one of ${kinds}) and times (1 to ${MOST_FAULTS}).\n`);
}

const RATE_LIMITED: Answer = {
  status: 429,
  body: JSON.stringify({
    error: { type: 'invalid_request_error', code: 'rate_limit', message: 'Request rate limit exceeded.' },
  }),
  headers: { 'stripe-should-retry': 'true', 'retry-after': '0' },
};
const SERVER_ERROR: Answer = {
  status: 500,
  body: JSON.stringify({ error: { type: 'api_error', message: 'An unknown error occurred' } }),
};
