import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInThisContext } from 'node:vm';
import { OpenedTurns } from '@parley/context/opened-turns';
import { SessionStore } from '@parley/context/store/session-store';
import { systemClock } from '@parley/kernel/clock';
import { newId } from '@parley/kernel/id';
import { parseMasterKey } from '@parley/kernel/seal';
import { noopLogger } from '@parley/telemetry/logger';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  api,
  apiKey,
  application,
  MASTER_KEY,
  model,
  PEPPER,
  PROMPT,
  provider,
  publisher,
  restApi,
  subscription,
  upstream,
} from '../test/documents.ts';
import {
  completion,
  sendJson,
  sendStream,
  startUpstream,
  streamEvents,
  type UpstreamServer,
} from '../test/upstream-server.ts';
import { noBackground } from './background/background.ts';
import { BatchSeals } from './batches/batch-seals.ts';
import { redisBatchStore } from './batches/batch-store.ts';
import { redisFileStore } from './batches/file-store.ts';
import { ContextAsks } from './context/context-asks.ts';
import { CONTEXT_TIMES, ContextSpool } from './context/contexts.ts';
import { SummaryRunner } from './context/summary-runner.ts';
import { Exchange } from './exchange.ts';
import { Mapper } from './mapping/mapper.ts';
import { MediaFetcher } from './models/media-fetcher.ts';
import { ModelStates } from './models/model-states.ts';
import { ModelSideCalls } from './models/side/model-side-calls.ts';
import { BodySender } from './policies/body-log/body-sender.ts';
import { KnowledgeAsks } from './policies/knowledge/knowledge-asks.ts';
import { Canaries } from './policies/split/canaries.ts';
import { OpenSockets } from './policies/web-socket/open-sockets.ts';
import { MemoryAccessTokens } from './ports/access-tokens/memory-access-tokens.ts';
import { Fills } from './ports/cache/fills.ts';
import { MemoryCache } from './ports/cache/memory-cache.ts';
import { MemorySharedCache } from './ports/cache/memory-shared-cache.ts';
import { ResponseCache } from './ports/cache/response-cache.ts';
import { MemoryCanaryStore } from './ports/canary-state/memory-store.ts';
import { IdempotencyKeys } from './ports/idempotency/keys.ts';
import { MemoryIdempotencyStore } from './ports/idempotency/memory-store.ts';
import { memoryJobQueue } from './ports/job-queue.ts';
import { SnapshotKeyStore } from './ports/keys/keys.ts';
import { LeasingLimiter } from './ports/limiter/limiter.ts';
import { MemoryLimitStore } from './ports/limiter/memory-store.ts';
import { MemoryMeaningLog } from './ports/meanings/meaning-log.ts';
import { Meanings } from './ports/meanings/meanings.ts';
import { memoryMeter } from './ports/meter/meter.ts';
import { memoryNonces } from './ports/nonces/nonces.ts';
import type { Ports } from './ports/ports.ts';
import { Tokens } from './ports/tokens/tokens.ts';
import { ClientSecrets } from './realtime/client-secrets.ts';
import { KeptStreams } from './resumable/kept-streams.ts';
import { redisStreamStore } from './resumable/stream-store.ts';
import { createGatewayServer, type GatewayServer } from './server.ts';
import { memorySource } from './snapshot/memory-source.ts';
import { SnapshotStore } from './snapshot/store.ts';
import { addressCheck } from './upstream/addresses.ts';
import { Deadlines } from './upstream/deadlines.ts';
import { Groups } from './upstream/groups.ts';
import { Mirrors } from './upstream/mirrors.ts';
import { Upstreams } from './upstream/pool.ts';
import { ClientCertificates } from './wire/client-certificate.ts';
import { Clients } from './wire/clients.ts';
import { OwnHosts } from './wire/own-hosts.ts';

/** The whole request path over the memory twins of all ports; the meter keeps the exchanges it was given. */
function noContexts(): Ports['contexts'] {
  const redis = new Redis({ lazyConnect: true });
  const store = new SessionStore(redis);
  const jobs = memoryJobQueue();
  spoolDir = mkdtempSync(join(tmpdir(), 'parley-exchange-'));
  const receipts = { committed: async () => [] };
  const spool = new ContextSpool({ dir: spoolDir, node: 'memory', jobs, receipts, log: noopLogger });
  return {
    store,
    spool,
    asks: new ContextAsks(redis, jobs, store, 0),
    opened: new OpenedTurns(),
    summaries: new SummaryRunner(redis, CONTEXT_TIMES.summaries),
    times: CONTEXT_TIMES,
  };
}

let spoolDir: string;
let server: GatewayServer;
let backend: UpstreamServer;
let ports: Ports;
let url: string;
let secret: string;
const exchanges: Exchange[] = [];

beforeAll(async () => {
  backend = await startUpstream((received, response) => {
    if (received.body.toString().includes('"stream":true')) return sendStream(response, streamEvents(['x']));
    sendJson(response, 200, completion());
  });
  const source = memorySource();
  const lab = publisher('lab');
  model(lab, provider(lab, backend.url).id, 'fast');
  const apis = [
    restApi(lab, 'rest', upstream(lab, backend.url).id),
    api(lab, 'llm', { kind: 'llm', models: ['fast'] }, [{ requests: 1000, windowSeconds: 60 }]),
    api(lab, 'prompt', { kind: 'prompt', promptVersionId: newId(), definition: PROMPT }),
  ];
  const key = apiKey();
  secret = key.secret;
  const caller = application(
    apis.map((one) => subscription(lab, one)),
    [key.entry],
  );
  source.tenants.set(lab.doc.tenantId, lab.doc);
  source.applications.set(caller.applicationId, caller);

  const snapshot = new SnapshotStore({
    source,
    master: parseMasterKey(MASTER_KEY),
    clock: systemClock,
    log: noopLogger,
  });
  const meter = memoryMeter();
  const check = addressCheck(['127.0.0.0/8']);
  const upstreams = new Upstreams(check);
  const certificates = new ClientCertificates(null, [], false);
  const clients = new Clients();
  const groups = new Groups({ upstreams, clients, check, dnsServers: [], log: noopLogger });
  const deadlines = new Deadlines();
  ports = {
    clock: systemClock,
    background: noBackground(),
    batches: {
      files: redisFileStore(new Redis({ lazyConnect: true }), 'none'),
      store: redisBatchStore(new Redis({ lazyConnect: true }), 'none'),
      seals: new BatchSeals({ bytes: Buffer.alloc(32) }),
      look() {},
    },
    streams: new KeptStreams(redisStreamStore(new Redis({ lazyConnect: true }))),
    contexts: noContexts(),
    knowledge: new KnowledgeAsks(new Redis({ lazyConnect: true }), memoryJobQueue()),
    certificates,
    ownHosts: new OwnHosts(null),
    keys: new SnapshotKeyStore(snapshot, PEPPER, systemClock),
    tokens: new Tokens(() => Promise.reject(new Error('no issuer here')), systemClock, noopLogger),
    ownTokens: null,
    parties: null,
    clientSecrets: new ClientSecrets({ bytes: Buffer.alloc(32) }),
    nonces: memoryNonces(systemClock),
    snapshot,
    limiter: new LeasingLimiter(new MemoryLimitStore(systemClock), noopLogger),
    meter: {
      ...meter,
      record(event, then, subject) {
        if (subject instanceof Exchange) exchanges.push(subject);
        meter.record(event, then, subject);
      },
    },
    jobs: memoryJobQueue(),
    cache: new ResponseCache(new MemoryCache(1_000_000), new MemorySharedCache().node()),
    meanings: new Meanings(new MemoryMeaningLog()),
    observer: null,
    bodies: new BodySender(memoryJobQueue(), noopLogger),
    fills: new Fills(),
    idempotency: new IdempotencyKeys(new MemoryIdempotencyStore(systemClock), noopLogger),
    upstreams,
    groups,
    mapper: new Mapper(1),
    canaries: new Canaries({
      store: new MemoryCanaryStore(),
      jobs: memoryJobQueue(),
      clock: systemClock,
      log: noopLogger,
    }),
    sockets: new OpenSockets(),
    models: new ModelStates(),
    sideCalls: new ModelSideCalls(),
    accessTokens: new MemoryAccessTokens(),
    media: new MediaFetcher(addressCheck([])),
    mirrors: new Mirrors({ upstreams, groups, deadlines }),
    deadlines,
    clients,
    log: noopLogger,
    node: 'memory',
    portalUrl: '',
    life: { draining: false, overload: 0 },
  };
  server = createGatewayServer(ports, () => ({ ok: true, detail: {} }));
  await new Promise<void>((resolve) => server.http.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.http.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.http.closeAllConnections();
  await new Promise((resolve) => server.http.close(resolve));
  await ports.limiter.close();
  await ports.contexts.spool.close();
  rmSync(spoolDir, { recursive: true, force: true });
  ports.canaries.close();
  ports.groups.close();
  ports.upstreams.close();
  ports.deadlines.close();
  ports.sockets.close();
  await backend.close();
});

async function call(path: string, body: string | null): Promise<number> {
  const answer = await fetch(`${url}${path}`, {
    method: body === null ? 'GET' : 'POST',
    headers: { 'x-api-key': secret, ...(body === null ? {} : { 'content-type': 'application/json' }) },
    ...(body === null ? {} : { body }),
  });
  await answer.text();
  return answer.status;
}

const chat = (stream: boolean) => JSON.stringify({ model: 'fast', messages: [], stream });
const CALLS: readonly (readonly [path: string, body: string | null, status: number])[] = [
  ['/lab/rest/v1/x', null, 200],
  ['/lab/rest/v1/x', 'body', 200],
  ['/v1/chat/completions', chat(false), 200],
  ['/v1/chat/completions', chat(true), 200],
  ['/lab/llm/v1/chat/completions', chat(false), 200],
  ['/lab/llm/v1/models', null, 200],
  ['/lab/prompt/v1', '{"name":"Ada"}', 200],
  ['/lab/prompt/v1', '{}', 400],
  ['/v1/models', null, 200],
  ['/nowhere', null, 404],
];

describe('Exchange', () => {
  it('has the same fields in the same order for every kind of request, from birth to end', async () => {
    const born = Object.keys(new Exchange('id', 0, { url: '/' } as never, {} as never, false));
    for (const [path, body, status] of CALLS) expect(await call(path, body)).toBe(status);
    expect(exchanges).toHaveLength(CALLS.length);
    for (const exchange of exchanges) expect(Object.keys(exchange)).toEqual(born);
  });

  it('keeps one hidden class, so that stages stay monomorphic', async () => {
    setFlagsFromString('--allow-natives-syntax');
    const sameMap = runInThisContext('(a, b) => %HaveSameMap(a, b)') as (a: Exchange, b: Exchange) => boolean;
    for (let round = 0; round < 3; round++) for (const [path, body] of CALLS) await call(path, body);
    const last = exchanges.slice(-CALLS.length);
    const [first] = last;
    if (first === undefined) throw new Error('no exchange was seen');
    expect(last.map((exchange) => sameMap(first, exchange))).toEqual(last.map(() => true));
  });
});
