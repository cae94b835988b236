import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { deliverJson } from '../../deliver.ts';
import type { Exchange } from '../../exchange.ts';
import type { Route, Settings } from '../../format.ts';
import type { Kept } from '../../memory.ts';
import { ApiError, invalidRequest } from '../openai/api-error.ts';
import { type Batch, type CallLine, runBatch } from './batch-run.ts';
import { fileStore } from './file-store.ts';
import { pageOf } from './page-of.ts';

const ENDPOINTS = [
  '/v1/chat/completions',
  '/v1/embeddings',
  '/v1/responses',
  '/v1/moderations',
  '/v1/images/generations',
] as const;

const requestSchema = z.strictObject({
  input_file_id: z.string(),
  endpoint: z.enum(ENDPOINTS),
  completion_window: z.literal('24h'),
  metadata: z.record(z.string().max(64), z.string().max(512)).nullish(),
  output_expires_after: z.object({ anchor: z.literal('created_at'), seconds: z.number().int() }).optional(),
});

interface BatchStore extends Kept {
  readonly batches: Map<string, Batch>;
}

const KEPT = 200;
const DAY_SECONDS = 86_400;
/** How long a batch is being validated at least, so that it can be seen, and cancelled. */
const VALIDATING_MS = 50;

function batchStore(): BatchStore {
  const batches = new Map<string, Batch>();
  return { batches, clear: () => batches.clear() };
}

function find(exchange: Exchange, settings: Settings): Batch {
  const id = exchange.params.id ?? '';
  const found = settings.memory.of(batchStore).batches.get(id);
  if (!found) throw new ApiError(404, `No batch found with id '${id}'.`, { param: 'batch_id' });
  return found;
}

/** Calls this very simulator, over the socket the batch came in at, with its owner's key. */
function caller(exchange: Exchange, endpoint: string): CallLine {
  const { socket, headers } = exchange.request;
  const host = socket.localFamily === 'IPv6' ? `[${socket.localAddress}]` : socket.localAddress;
  const url = `http://${host}:${socket.localPort}${endpoint}`;
  const { authorization = '' } = headers;
  return async (body) => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const answer: unknown = await response.json();
    return { status: response.status, requestId: response.headers.get('x-request-id') ?? '', body: answer };
  };
}

async function create(exchange: Exchange, body: unknown, settings: Settings): Promise<void> {
  const parsed = requestSchema.safeParse(body);
  if (!parsed.success) throw invalidRequest(parsed.error, body);
  const { input_file_id, endpoint, completion_window, metadata = null } = parsed.data;
  const files = settings.memory.of(fileStore);
  const { object, content } = files.find(input_file_id);
  if (object.purpose !== 'batch') {
    throw new ApiError(400, "The input file's purpose must be 'batch'.", { param: 'input_file_id' });
  }
  const created_at = Math.floor(Date.now() / 1000);
  const batch: Batch = {
    id: `batch_sim${randomBytes(12).toString('hex')}`,
    object: 'batch',
    endpoint,
    errors: null,
    input_file_id,
    completion_window,
    status: 'validating',
    output_file_id: null,
    error_file_id: null,
    created_at,
    expires_at: created_at + DAY_SECONDS,
    in_progress_at: null,
    finalizing_at: null,
    completed_at: null,
    failed_at: null,
    expired_at: null,
    cancelling_at: null,
    cancelled_at: null,
    request_counts: { total: 0, completed: 0, failed: 0 },
    metadata,
  };
  const { batches } = settings.memory.of(batchStore);
  batches.set(batch.id, batch);
  for (const oldest of batches.keys()) {
    if (batches.size <= KEPT) break;
    batches.delete(oldest);
  }
  const call = caller(exchange, endpoint);
  void delay(VALIDATING_MS, undefined, { ref: false }).then(() => runBatch(batch, content, files, call));
  await deliverJson(exchange, batch, 0, 0);
}

async function cancel(exchange: Exchange, _body: unknown, settings: Settings): Promise<void> {
  const batch = find(exchange, settings);
  if (batch.status !== 'validating' && batch.status !== 'in_progress') {
    throw new ApiError(409, `Cannot cancel a batch with status '${batch.status}'.`);
  }
  batch.status = 'cancelling';
  batch.cancelling_at = Math.floor(Date.now() / 1000);
  await deliverJson(exchange, batch, 0, 0);
}

export function batchRoutes(base: string): Route[] {
  return [
    { method: 'POST', path: `${base}/batches`, handle: create },
    {
      method: 'GET',
      path: `${base}/batches`,
      handle: (exchange, _body, settings) =>
        deliverJson(exchange, pageOf(exchange, [...settings.memory.of(batchStore).batches.values()]), 0, 0),
    },
    {
      method: 'GET',
      path: `${base}/batches/{id}`,
      handle: (exchange, _body, settings) => deliverJson(exchange, find(exchange, settings), 0, 0),
    },
    { method: 'POST', path: `${base}/batches/{id}/cancel`, carries: 'maybe', handle: cancel },
  ];
}
