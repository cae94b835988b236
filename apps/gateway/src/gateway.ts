import type { AddressInfo } from 'node:net';
import { OpenedTurns } from '@parley/context/opened-turns';
import { SessionStore } from '@parley/context/store/session-store';
import { redisKeys } from '@parley/contracts/redis-keys';
import { createProducer } from '@parley/jobs/producer';
import { type Clock, systemClock } from '@parley/kernel/clock';
import { parseMasterKey } from '@parley/kernel/seal';
import { countTokens } from '@parley/llm/token-count';
import type { Logger } from '@parley/telemetry/logger';
import { Redis } from 'ioredis';
import { JobRunner, type RunnerTimes } from './background/job-runner.ts';
import { redisJobStore } from './background/job-store.ts';
import { BatchRunner, type BatchTimes } from './batches/batch-runner.ts';
import { BatchSeals } from './batches/batch-seals.ts';
import { redisBatchStore } from './batches/batch-store.ts';
import { redisFileStore } from './batches/file-store.ts';
import { ContextAsks } from './context/context-asks.ts';
import { CONTEXT_TIMES, ContextSpool, type ContextTimes } from './context/contexts.ts';
import { SummaryRunner } from './context/summary-runner.ts';
import { explainer } from './explain/answer.ts';
import type { LoadLimits } from './load/load-level.ts';
import { LoadWatch } from './load/load-watch.ts';
import { Mapper } from './mapping/mapper.ts';
import { MediaFetcher } from './models/media-fetcher.ts';
import { ModelStates } from './models/model-states.ts';
import { ModelSideCalls } from './models/side/model-side-calls.ts';
import { OwnTokens } from './oauth/own-tokens.ts';
import { type CallObserver, observers } from './observe/observer.ts';
import { PartyTokens } from './party/party-tokens.ts';
import { RedisPartyStates } from './party/states/redis-states.ts';
import { BodySender } from './policies/body-log/body-sender.ts';
import { KnowledgeAsks } from './policies/knowledge/knowledge-asks.ts';
import { Canaries } from './policies/split/canaries.ts';
import { OpenSockets, type SocketTimes } from './policies/web-socket/open-sockets.ts';
import { ServiceAccountTokens } from './ports/access-tokens/service-account-tokens.ts';
import { Fills } from './ports/cache/fills.ts';
import { MemoryCache } from './ports/cache/memory-cache.ts';
import { redisSharedCache } from './ports/cache/redis-shared-cache.ts';
import { ResponseCache } from './ports/cache/response-cache.ts';
import { RedisCanaryStore } from './ports/canary-state/redis-store.ts';
import { IdempotencyKeys } from './ports/idempotency/keys.ts';
import { redisIdempotencyStore } from './ports/idempotency/redis-store.ts';
import type { JobQueue } from './ports/job-queue.ts';
import { SnapshotKeyStore } from './ports/keys/keys.ts';
import { askRebuild } from './ports/limiter/ask-rebuild.ts';
import { LeasingLimiter } from './ports/limiter/limiter.ts';
import { RedisLimitStore } from './ports/limiter/redis-store.ts';
import { HOLD_MS } from './ports/limiter/rule.ts';
import { Meanings } from './ports/meanings/meanings.ts';
import { redisMeaningLog } from './ports/meanings/redis-meaning-log.ts';
import { redisReceipts } from './ports/meter/redis-receipts.ts';
import { innerSpool } from './ports/meter/run-dir.ts';
import { Spool } from './ports/meter/spool.ts';
import { redisNonces } from './ports/nonces/nonces.ts';
import type { Ports } from './ports/ports.ts';
import { Tokens } from './ports/tokens/tokens.ts';
import { ClientSecrets } from './realtime/client-secrets.ts';
import { refusal } from './refusals.ts';
import { KeptStreams, type StreamTimes } from './resumable/kept-streams.ts';
import { redisStreamStore } from './resumable/stream-store.ts';
import { createGatewayServer, type DoorTimes } from './server.ts';
import { type Follower, follow } from './snapshot/follow.ts';
import { LastGoodCopy } from './snapshot/last-good.ts';
import { redisSource } from './snapshot/redis-source.ts';
import { SnapshotStore } from './snapshot/store.ts';
import { endByGateway } from './stages/end-early.ts';
import { addressCheck } from './upstream/addresses.ts';
import { Deadlines } from './upstream/deadlines.ts';
import { Groups } from './upstream/groups.ts';
import { Mirrors } from './upstream/mirrors.ts';
import { Upstreams } from './upstream/pool.ts';
import { smallReader } from './upstream/read-small.ts';
import { type CertificateHeader, ClientCertificates } from './wire/client-certificate.ts';
import { type ClientSources, Clients } from './wire/clients.ts';
import { OwnHosts } from './wire/own-hosts.ts';

export interface GatewayOptions extends ClientSources {
  readonly redisUrl: string;
  readonly masterKey: string;
  readonly keyPepper: string;
  /** Shared with the portal, for its dry runs; without it none are answered. */
  readonly internalSecret?: string | null;
  readonly node: string;
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly portalUrl: string | null;
  /** Where applications call the gateway: the issuer of its access tokens. Without it none are issued. */
  readonly gatewayUrl?: string | null;
  readonly spoolDir: string;
  readonly snapshotDir: string;
  readonly allowedPrivate: readonly string[];
  /** Private ranges that what callers name by URL may be fetched from; none unless told. */
  readonly mediaPrivate?: readonly string[];
  /** The header in which those proxies tell of a client's certificate; none is believed unless told. */
  readonly certificateHeader?: CertificateHeader | null;
  /** Name servers (`address` or `address:port`) for the discovery of targets; the system's unless told. */
  readonly dnsServers?: readonly string[];
  readonly log: Logger;
  readonly clock?: Clock;
  readonly jobs?: JobQueue;
  /** Nodes of one group answer each other's calls that wait; `main` unless told. */
  readonly backgroundGroup?: string;
  /** Times of streams that can be taken up again, where not as usual. */
  readonly streams?: Partial<StreamTimes>;
  /** How calls that wait are taken, where not as usual. */
  readonly background?: Partial<RunnerTimes>;
  /** Times of sessions, where not as usual. */
  readonly contexts?: Partial<ContextTimes>;
  /** How batches are worked off, where not as usual. */
  readonly batches?: Partial<BatchTimes>;
  /** Bytes of stored answers in this process's memory; 64 MiB unless told. */
  readonly cacheBytes?: number;
  /** How long a running call counts after its node was last heard of; 15 seconds unless told. */
  readonly holdMs?: number;
  /** Share the port with other processes of this machine (true unless told). */
  readonly reusePort?: boolean;
  /** Time running calls get to end after `close` was asked for. */
  readonly drainMs?: number;
  /** Time-outs towards clients, where not the usual ones. */
  readonly door?: DoorTimes;
  /** Times of WebSockets, where not the usual ones. */
  readonly sockets?: Partial<SocketTimes>;
  /** What this node takes before it refuses calls of low priority, where it is not the usual. */
  readonly load?: Partial<LoadLimits>;
  /** Who looks on at calls, for traces and metrics. */
  readonly observers?: readonly CallObserver[];
}

export interface Gateway {
  readonly port: number;
  /** Stops taking calls, lets running ones end, hands usage over. */
  close(): Promise<void>;
}

const REDIS_WAIT_MS = 3000;
const DRAIN_MS = 30_000;
const CACHE_BYTES = 64 * 1024 * 1024;
const DRAIN_TICK_MS = 50;

/** A connection whose commands fail at once while Redis is away: every caller has an answer for that. */
function connect(options: GatewayOptions, name: string, socketTimeoutMs: number, lazyConnect = false): Redis {
  const redis = new Redis(options.redisUrl, {
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    connectTimeout: 2000,
    lazyConnect,
    socketTimeout: socketTimeoutMs,
    retryStrategy: (times) => Math.min(times * 50, 1000),
    connectionName: `parley-gateway-${name}`,
  });
  redis.on('error', () => {});
  return redis;
}

/** Resolves with whether the work was done in time; it goes on either way. */
async function within(work: Promise<unknown>, timeoutMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), timeoutMs);
  });
  const done = await Promise.race([work.then(() => true), late]);
  clearTimeout(timer);
  return done;
}

/**
 * Puts a gateway node together and starts it: ports, configuration (from Redis, else the last good copy), listener.
 * Resolves when it listens.
 */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { log } = options;
  const clock = options.clock ?? systemClock;
  const commands = connect(options, 'commands', 5000);
  const limits = connect(options, 'limits', 2000);
  const answers = connect(options, 'answers', 2000);
  const changes = connect(options, 'changes', 6000);
  const waiting = connect(options, 'background', 5000);
  const jobs = options.jobs ?? createProducer({ redisUrl: options.redisUrl });

  const master = parseMasterKey(options.masterKey);
  const snapshot: SnapshotStore = new SnapshotStore({
    source: redisSource(commands, jobs),
    master,
    clock,
    log,
    onChange: (change) => copy.note(change),
  });
  const copy = new LastGoodCopy(options.snapshotDir, options.node, () => snapshot, log);
  const follower = follow({
    redis: changes,
    apply: (change) => snapshot.apply(change),
    revalidate: () => snapshot.revalidate(),
    busyMs: () => snapshot.busyMs,
    log,
  });
  const check = addressCheck(options.allowedPrivate);
  const issuers = smallReader(check);
  // What the operator allows publishers is nothing for addresses that callers choose.
  const media = new MediaFetcher(addressCheck(options.mediaPrivate ?? []));
  const upstreams = new Upstreams(check);
  const clients = new Clients(options);
  const groups = new Groups({ upstreams, clients, check, dnsServers: options.dnsServers ?? [], log });
  const deadlines = new Deadlines();
  const group = options.backgroundGroup ?? 'main';
  const jobStore = redisJobStore(waiting, group);
  const contextTimes = { ...CONTEXT_TIMES, ...options.contexts };
  const sessions = new SessionStore(answers, contextTimes.leaseMs);
  const contextSpool = new ContextSpool({
    dir: innerSpool(options.spoolDir, 'context'),
    node: options.node,
    jobs,
    receipts: redisReceipts(commands, redisKeys.contextSegmentDone),
    log,
  });
  const ports: Ports = {
    clock,
    keys: new SnapshotKeyStore(snapshot, options.keyPepper, clock),
    nonces: redisNonces(limits),
    tokens: new Tokens(issuers.read, clock, log),
    clientSecrets: new ClientSecrets(master),
    ownTokens: options.gatewayUrl ? new OwnTokens(master, options.gatewayUrl, clock) : null,
    parties: options.gatewayUrl
      ? new PartyTokens({ master, gatewayUrl: options.gatewayUrl, clock, store: new RedisPartyStates(limits) })
      : null,
    snapshot,
    limiter: new LeasingLimiter(
      new RedisLimitStore(limits, { onLost: askRebuild(commands, jobs, log), holdMs: options.holdMs ?? HOLD_MS }),
      log,
    ),
    meter: new Spool({ dir: options.spoolDir, node: options.node, jobs, receipts: redisReceipts(commands), log }),
    jobs,
    streams: new KeptStreams(redisStreamStore(waiting), options.streams),
    background: { store: jobStore, look: () => runner.look() },
    batches: {
      files: redisFileStore(waiting, group),
      store: redisBatchStore(waiting, group),
      seals: new BatchSeals(master),
      look: () => batchRunner.look(),
    },
    contexts: {
      store: sessions,
      spool: contextSpool,
      asks: new ContextAsks(answers, jobs, sessions, contextTimes.waitMs),
      opened: new OpenedTurns(),
      summaries: new SummaryRunner(answers, contextTimes.summaries),
      times: contextTimes,
    },
    knowledge: new KnowledgeAsks(answers, jobs),
    observer: observers(options.observers ?? []),
    bodies: new BodySender(jobs, log),
    cache: new ResponseCache(
      new MemoryCache(options.cacheBytes ?? CACHE_BYTES),
      redisSharedCache(answers, connect(options, 'invalidations', 6000, true)),
    ),
    meanings: new Meanings(redisMeaningLog(answers)),
    fills: new Fills(),
    idempotency: new IdempotencyKeys(redisIdempotencyStore(answers), log),
    upstreams,
    groups,
    canaries: new Canaries({ store: new RedisCanaryStore(commands), jobs, clock, log }),
    models: new ModelStates(),
    sideCalls: new ModelSideCalls(),
    accessTokens: new ServiceAccountTokens(issuers.read, clock, log),
    media,
    mirrors: new Mirrors({ upstreams, groups, deadlines }),
    sockets: new OpenSockets(options.sockets),
    mapper: new Mapper(),
    deadlines,
    ownHosts: new OwnHosts(options.gatewayUrl ?? null),
    clients,
    certificates: new ClientCertificates(
      options.certificateHeader ?? null,
      options.trustedProxies ?? [],
      Boolean(options.door?.tls?.clientCa),
    ),
    log,
    node: options.node,
    portalUrl: options.portalUrl ?? '',
    life: { draining: false, overload: 0 },
  };
  const runner = new JobRunner(ports, jobStore, options.background);
  const batchRunner = new BatchRunner(ports, options.batches);
  // Loads the tokenizer's tables now rather than in the middle of somebody's stream.
  countTokens('ready');
  const restored = await prepareConfiguration(follower, copy, log);

  const followed = { once: false };
  void follower.started.then(() => {
    followed.once = true;
  });
  const server = createGatewayServer(
    ports,
    () => ({
      ok: !ports.life.draining && (followed.once || restored > 0),
      detail: { draining: ports.life.draining, configuration: follower.following() ? 'followed' : 'last known' },
    }),
    { ...options.door, explainer: options.internalSecret ? explainer(ports, options.internalSecret) : null },
  );
  await new Promise<void>((resolve, reject) => {
    server.http.once('error', reject);
    server.http.listen({ port: options.port, host: options.host, reusePort: options.reusePort ?? true }, resolve);
  });

  runner.start();
  batchRunner.start();
  const load = new LoadWatch(ports.life, server.running, log, options.load);

  async function drain(): Promise<void> {
    ports.life.draining = true;
    await Promise.all([runner.close(), batchRunner.close(), ports.contexts.summaries.close(ports)]);
    ports.sockets.drain((options.drainMs ?? DRAIN_MS) / 2);
    const closed = new Promise<void>((resolve) => server.http.close(() => resolve()));
    server.http2.close();
    server.undecided.close();
    const idle = setInterval(() => server.http.closeIdleConnections(), DRAIN_TICK_MS);
    if (!(await within(closed, options.drainMs ?? DRAIN_MS))) {
      log.warn('calls are still running at the end of the drain', { count: server.running.size });
      server.running.forEach((exchange) => endByGateway(exchange, refusal('shutting_down'), ports));
      if (!(await within(closed, 1000))) {
        server.http.closeAllConnections();
        server.http2.destroy();
      }
      await closed;
    }
    clearInterval(idle);
    await ports.streams.close();
  }

  async function close(): Promise<void> {
    await drain();
    ports.sideCalls.close(ports);
    load.close();
    await ports.limiter.close();
    await ports.idempotency.close();
    ports.cache.close();
    await ports.meter.close();
    await ports.contexts.spool.close();
    await ports.observer?.close();
    await copy.close();
    await follower.stop();
    ports.canaries.close();
    ports.groups.close();
    ports.upstreams.close();
    issuers.close();
    media.close();
    await ports.mapper.close();
    ports.deadlines.close();
    ports.sockets.close();
    await jobs.close();
    commands.disconnect();
    limits.disconnect();
    answers.disconnect();
    waiting.disconnect();
  }

  const { port } = server.http.address() as AddressInfo;
  return { port, close };
}

/** Waits for Redis a moment; without it the last good copy has to do. Returns the documents taken from that. */
async function prepareConfiguration(follower: Follower, copy: LastGoodCopy, log: Logger): Promise<number> {
  if (await within(follower.started, REDIS_WAIT_MS)) return 0;
  const documents = await copy.restore();
  log.warn('Redis cannot be reached; starting from the last good configuration', { documents });
  return documents;
}
