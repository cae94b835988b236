import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from '@parley/env/parse';
import { storesEnv } from '@parley/env/stores';
import { Redis } from 'ioredis';
import {
  api,
  apiKey,
  application,
  MASTER_KEY,
  model,
  PEPPER,
  provider,
  publisher,
  restApi,
  subscription,
  upstream,
} from '../test/documents.ts';
import { publishApplication, publishTenant } from '../test/publish.ts';
import { completion } from '../test/upstream-server.ts';
import { acknowledge } from './acknowledge.ts';
import { drive, driver, type Figures } from './drive.ts';
import { gatewayConfig, upstreamConfig } from './nginx.ts';
import { answers, freePort, program, type Running, start } from './process.ts';

/**
 * The gateway under load against nginx doing the same work and against the least proxy Node can be, in one run.
 * Everything a user has on is on: key, limit (real Redis), usage record (spool, queue). `--seconds=8 --connections=64`.
 */
const option = (name: string, fallback: number): number =>
  Number(process.argv.find((arg) => arg.startsWith(`--${name}=`))?.split('=')[1] ?? fallback);
const seconds = Math.min(option('seconds', 6), 10);
const connections = option('connections', 64);
/** What is measured has a core of its own; load and upstream share another. */
const [SUBJECT, OTHERS] = availableParallelism() > 1 ? [1, 0] : [0, 0];

const redisUrl = parseEnv(storesEnv).REDIS_URL;
const redis = new Redis(redisUrl);
const folder = mkdtempSync(join(tmpdir(), 'parley-bench-'));
const nginx = program('nginx');
const running: Running[] = [];
const script = (name: string): string => new URL(name, import.meta.url).pathname;

function keep(process: Running): Running {
  running.push(process);
  return process;
}

async function startUpstream(body: string): Promise<number> {
  const port = await freePort();
  const sub = mkdtempSync(join(folder, 'upstream-'));
  if (nginx) keep(start('upstream', nginx, ['-p', sub, '-c', upstreamConfig(sub, port, body)], OTHERS));
  else keep(start('upstream', process.execPath, [script('static-upstream.ts'), String(port), body], OTHERS));
  await answers(`http://127.0.0.1:${port}/`, 200);
  return port;
}

const restPort = await startUpstream('{"ok":true,"items":[1,2,3]}');
const chatPort = await startUpstream(JSON.stringify(completion('Hello there, how can I help you today?')));

const shop = publisher(`bench-${process.pid}`);
const limit = [{ requests: 1_000_000_000, windowSeconds: 60 }];
const rest = restApi(shop, 'rest', upstream(shop, `http://127.0.0.1:${restPort}`, { auth: null }).id, limit);
model(shop, provider(shop, `http://127.0.0.1:${chatPort}/v1`).id, 'fast');
const llm = api(shop, 'llm', { kind: 'llm', models: ['fast'] }, limit);
const key = apiKey();
await publishTenant(redis, shop.doc);
await publishApplication(redis, application([subscription(shop, rest), subscription(shop, llm)], [key.entry]));
const stopAcknowledging = acknowledge(redis);
const headers = { 'x-api-key': key.secret };

async function startGateway(): Promise<{ gateway: Running; url: string }> {
  const port = await freePort();
  const gateway = keep(
    start('gateway', process.execPath, [script('../src/main.ts')], SUBJECT, {
      REDIS_URL: redisUrl,
      PARLEY_MASTER_KEY: MASTER_KEY,
      PARLEY_KEY_PEPPER: PEPPER,
      PARLEY_SPOOL_DIR: join(folder, 'spool'),
      PARLEY_SNAPSHOT_DIR: join(folder, 'snapshot'),
      PARLEY_ALLOWED_PRIVATE: '127.0.0.0/8',
      GATEWAY_HOST: '127.0.0.1',
      GATEWAY_PORT: String(port),
      GATEWAY_NODE: 'bench',
      LOG_LEVEL: 'warn',
    }),
  );
  await answers(`http://127.0.0.1:${port}/readyz`, 200);
  return { gateway, url: `http://127.0.0.1:${port}` };
}

interface Row {
  readonly name: string;
  readonly figures: Figures;
}
const rows: Row[] = [];

async function measure(name: string, process: Running, url: string, body?: string): Promise<void> {
  const load = {
    url,
    headers: body ? { ...headers, 'content-type': 'application/json' } : headers,
    ...(body ? { body } : {}),
  };
  await drive(process.pid, { ...load, seconds: 2, connections }, OTHERS);
  const figures = await drive(process.pid, { ...load, seconds, connections }, OTHERS);
  rows.push({ name, figures });
}

function print(): void {
  const base = rows.find((row) => row.name.startsWith('nginx'))?.figures.cpuUs;
  process.stdout.write(`\n${driver}, ${connections} connections, ${seconds} s each, one process on one core\n`);
  process.stdout.write(
    'what'.padEnd(46) +
      ['requests/s', 'CPU µs/request', 'p50 µs', 'p99 µs', '× nginx', 'failed'].map((h) => h.padStart(15)).join('') +
      '\n',
  );
  for (const { name, figures } of rows) {
    const ratio = base && name.startsWith('chat') === false ? (figures.cpuUs / base).toFixed(2) : '–';
    const cells = [
      figures.perSecond.toFixed(0),
      figures.cpuUs.toFixed(1),
      figures.p50Us.toFixed(0),
      figures.p99Us.toFixed(0),
      ratio,
      String(figures.failed),
    ];
    process.stdout.write(name.padEnd(46) + cells.map((cell) => cell.padStart(15)).join('') + '\n');
  }
}

try {
  if (nginx) {
    const port = await freePort();
    const sub = mkdtempSync(join(folder, 'nginx-'));
    const proxy = keep(
      start('nginx', nginx, ['-p', sub, '-c', gatewayConfig(sub, port, restPort, key.secret)], SUBJECT),
    );
    await answers(`http://127.0.0.1:${port}/`, 200, { headers });
    await measure('nginx: key map, limit_req, access log', proxy, `http://127.0.0.1:${port}/x`);
    await proxy.stop();
  }
  const barePort = await freePort();
  const bare = keep(
    start(
      'bare proxy',
      process.execPath,
      [script('bare-proxy.ts'), String(barePort), `http://127.0.0.1:${restPort}`],
      SUBJECT,
    ),
  );
  await answers(`http://127.0.0.1:${barePort}/`, 200);
  await measure('bare node:http + undici', bare, `http://127.0.0.1:${barePort}/x`);
  await bare.stop();

  const { gateway, url } = await startGateway();
  await measure('gateway: REST, key, limit, usage', gateway, `${url}/${shop.doc.slug}/rest/v1/x`);
  const body = JSON.stringify({ model: 'fast', messages: [{ role: 'user', content: 'Hello, can you help me?' }] });
  await measure('chat completion, same dialect', gateway, `${url}/v1/chat/completions`, body);
  print();
} finally {
  stopAcknowledging();
  for (const process of running.reverse()) await process.stop();
  redis.disconnect();
  rmSync(folder, { recursive: true, force: true });
}
