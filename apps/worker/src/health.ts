import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Logger } from '@parley/telemetry/logger';
import type { Metrics } from '@parley/telemetry/metrics';
import type { Redis } from 'ioredis';
import type { Pool } from 'pg';

export interface Health {
  readonly port: number;
  /** From now on `/readyz` says that this process is going away. */
  startDraining(): void;
  close(): Promise<void>;
}

export interface HealthOptions {
  readonly host: string;
  readonly port: number;
  readonly pool: Pool;
  readonly redis: Redis;
  readonly metrics: Metrics;
  readonly log: Logger;
}

const CHECK_MS = 2_000;

/** `/healthz`: the process lives. `/readyz`: it reaches its stores and is not going away. `/metrics`: Prometheus' text. */
export async function startHealth(options: HealthOptions): Promise<Health> {
  let draining = false;
  const answers: Readonly<Record<string, (response: ServerResponse) => Promise<void>>> = {
    '/healthz': async (response) => sendJson(response, 200, { status: 'ok' }),
    '/readyz': async (response) => {
      const [postgres, redis] = await Promise.all([
        answersInTime(options.pool.query('SELECT 1')),
        answersInTime(options.redis.ping()),
      ]);
      sendJson(response, postgres && redis && !draining ? 200 : 503, { postgres, redis, draining });
    },
    '/metrics': async (response) => {
      const { contentType, text } = await options.metrics.expose();
      response.writeHead(200, { 'content-type': contentType }).end(text);
    },
  };
  const server = createServer((request, response) => {
    const answer = answers[(request.url ?? '').split('?')[0] ?? ''];
    if (!answer || (request.method !== 'GET' && request.method !== 'HEAD')) {
      sendJson(response, answer ? 405 : 404, { status: answer ? 'method not allowed' : 'not found' });
      return;
    }
    answer(response).catch((error: unknown) => {
      options.log.error('a health request failed', { error });
      if (!response.headersSent) sendJson(response, 500, { status: 'error' });
    });
  });
  await listening(server, options);
  return {
    port: (server.address() as AddressInfo).port,
    startDraining() {
      draining = true;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(body)}\n`);
}

async function answersInTime(work: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), CHECK_MS);
  });
  const answered = work.then(
    () => true,
    () => false,
  );
  return Promise.race([answered, late]).finally(() => clearTimeout(timer));
}

function listening(server: Server, { host, port }: HealthOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const taken = error.code === 'EADDRINUSE';
      reject(taken ? new Error(`Port ${port} is taken: set WORKER_HEALTH_PORT to a free one.`) : error);
    });
    server.listen(port, host, resolve);
  });
}
