import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type AcceptedEvent, bodyPurpose } from '@parley/contracts/deliveries';
import { newId } from '@parley/kernel/id';
import { type DataKey, newDataKey, parseMasterKey, sealBuffer } from '@parley/kernel/seal';
import type { TestWorker } from './test-worker.ts';

export const MASTER_KEY = Buffer.alloc(32, 7).toString('base64');

export interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

type Answer = { readonly status: number; readonly headers?: Record<string, string>; readonly body?: string } | 'hang';

export interface Receiver {
  readonly url: string;
  readonly calls: Received[];
  /** What it answers next; 204 unless told. Gets the number of the call, from 1. */
  answer: (call: number) => Answer;
  /** Calls that have come and not been answered. */
  running: number;
  mostRunning: number;
  /** Answers what hangs. */
  release(): void;
  close(): Promise<void>;
}

/** A destination that notes what comes and answers as told. */
export async function startReceiver(): Promise<Receiver> {
  const hanging: (() => void)[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      receiver.calls.push({ method, url, headers, body: Buffer.concat(chunks).toString() });
      receiver.running++;
      receiver.mostRunning = Math.max(receiver.mostRunning, receiver.running);
      response.once('close', () => receiver.running--);
      const answer = receiver.answer(receiver.calls.length);
      if (answer === 'hang') hanging.push(() => response.writeHead(204).end());
      else response.writeHead(answer.status, answer.headers).end(answer.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const receiver: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls: [],
    answer: () => ({ status: 204 }),
    running: 0,
    mostRunning: 0,
    release() {
      for (const one of hanging.splice(0)) one();
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return receiver;
}

export interface Publisher {
  readonly tenantId: string;
  readonly slug: string;
  readonly dataKey: DataKey;
  /** Makes an upstream and gives its id. */
  upstream(slug: string, baseUrl: string): Promise<string>;
  /** An event as the gateway would hand it over. */
  event(to: readonly { id: string; slug: string }[], given?: Partial<AcceptedEvent> & { text?: string }): AcceptedEvent;
}

/** A tenant with a data key of its own, straight in the tables. */
export async function publisher(worker: TestWorker): Promise<Publisher> {
  const tenantId = newId();
  const slug = `t-${tenantId}`;
  const { dataKey, sealed } = newDataKey(parseMasterKey(MASTER_KEY), tenantId);
  await worker.rows('INSERT INTO tenants (id, slug, name) VALUES ($1, $2, $2)', tenantId, slug);
  await worker.rows('INSERT INTO tenant_keys (tenant_id, id, sealed) VALUES ($1, $1, $2)', tenantId, sealed);
  return {
    tenantId,
    slug,
    dataKey,
    async upstream(name, baseUrl) {
      const id = newId();
      await worker.rows(
        'INSERT INTO upstreams (tenant_id, id, slug, name, base_url, updated_at) VALUES ($1, $2, $3, $3, $4, now())',
        tenantId,
        id,
        name,
        baseUrl,
      );
      return id;
    },
    event(destinations, { text = '{"hello":"world"}', ...given } = {}) {
      const id = given.id ?? newId();
      return {
        id,
        tenantId,
        apiId: newId(),
        apiVersionId: newId(),
        routeId: null,
        consumerTenantId: newId(),
        applicationId: newId(),
        requestId: newId(),
        method: 'POST',
        path: '/hooks?x=1',
        headers: [['content-type', 'application/json']],
        body: sealBuffer(dataKey, Buffer.from(text), bodyPurpose(id)).toString('base64'),
        bodyBytes: Buffer.byteLength(text),
        destinations: [...destinations],
        rules: { retryAfterSeconds: [1, 1], timeoutSeconds: 5, concurrency: 10 },
        keepDays: 30,
        acceptedAtMs: Date.now(),
        ...given,
      };
    },
  };
}
