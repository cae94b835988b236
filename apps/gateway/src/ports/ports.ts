import type { Clock } from '@parley/kernel/clock';
import type { Logger } from '@parley/telemetry/logger';
import type { Background } from '../background/background.ts';
import type { Batches } from '../batches/batches.ts';
import type { Contexts } from '../context/contexts.ts';
import type { LoadLevel } from '../load/load-level.ts';
import type { Mapper } from '../mapping/mapper.ts';
import type { MediaFetcher } from '../models/media-fetcher.ts';
import type { ModelStates } from '../models/model-states.ts';
import type { SideCalls } from '../models/side/side-calls.ts';
import type { OwnTokens } from '../oauth/own-tokens.ts';
import type { CallObserver } from '../observe/observer.ts';
import type { PartyTokens } from '../party/party-tokens.ts';
import type { BodySender } from '../policies/body-log/body-sender.ts';
import type { KnowledgeAsks } from '../policies/knowledge/knowledge-asks.ts';
import type { Canaries } from '../policies/split/canaries.ts';
import type { OpenSockets } from '../policies/web-socket/open-sockets.ts';
import type { ClientSecrets } from '../realtime/client-secrets.ts';
import type { KeptStreams } from '../resumable/kept-streams.ts';
import type { SnapshotStore } from '../snapshot/store.ts';
import type { Deadlines } from '../upstream/deadlines.ts';
import type { Groups } from '../upstream/groups.ts';
import type { Mirrors } from '../upstream/mirrors.ts';
import type { Upstreams } from '../upstream/pool.ts';
import type { ClientCertificates } from '../wire/client-certificate.ts';
import type { Clients } from '../wire/clients.ts';
import type { OwnHosts } from '../wire/own-hosts.ts';
import type { AccessTokens } from './access-tokens/access-tokens.ts';
import type { Fills } from './cache/fills.ts';
import type { ResponseCache } from './cache/response-cache.ts';
import type { IdempotencyKeys } from './idempotency/keys.ts';
import type { JobQueue } from './job-queue.ts';
import type { KeyStore } from './keys/keys.ts';
import type { Limiter } from './limiter/limiter.ts';
import type { Meanings } from './meanings/meanings.ts';
import type { Meter } from './meter/meter.ts';
import type { Nonces } from './nonces/nonces.ts';
import type { Tokens } from './tokens/tokens.ts';

/** Everything a request may reach beyond its own record. Put together once, in `gateway.ts`. */
export interface Ports {
  readonly clock: Clock;
  readonly keys: KeyStore;
  readonly tokens: Tokens;
  /** Access tokens of our own; `null` where the gateway does not know its public address. */
  readonly ownTokens: OwnTokens | null;
  /** Party tokens; `null` in the same case. */
  readonly parties: PartyTokens | null;
  /** Short-lived keys for realtime sessions. */
  readonly clientSecrets: ClientSecrets;
  readonly nonces: Nonces;
  readonly snapshot: SnapshotStore;
  readonly limiter: Limiter;
  readonly meter: Meter;
  /** Calls that are answered later. */
  readonly background: Background;
  /** Files and batches of calls. */
  readonly batches: Batches;
  /** Conversations that calls go on with. */
  readonly contexts: Contexts;
  /** Asks collections of documents. */
  readonly knowledge: KnowledgeAsks;
  /** Streams that can be taken up again. */
  readonly streams: KeptStreams;
  /** What the worker is asked to do. */
  readonly jobs: JobQueue;
  /** An operator's traces and metrics; `null` where nobody looks on. */
  readonly observer: CallObserver | null;
  /** Bodies of calls, to be kept. */
  readonly bodies: BodySender;
  readonly idempotency: IdempotencyKeys;
  readonly cache: ResponseCache;
  /** What questions with cached answers mean. */
  readonly meanings: Meanings;
  readonly fills: Fills;
  readonly upstreams: Upstreams;
  /** Targets of upstreams with options, and their health. */
  readonly groups: Groups;
  /** New variants being tried. */
  readonly canaries: Canaries;
  /** Copies of calls for other upstreams. */
  readonly mirrors: Mirrors;
  /** WebSockets that are open. */
  readonly sockets: OpenSockets;
  /** Expressions over bodies, on threads of their own. */
  readonly mapper: Mapper;
  /** What is known of models and providers' keys. */
  readonly models: ModelStates;
  /** Asks models for the gateway itself. */
  readonly sideCalls: SideCalls;
  /** For providers that take no key itself. */
  readonly accessTokens: AccessTokens;
  /** What calls name by URL. */
  readonly media: MediaFetcher;
  readonly deadlines: Deadlines;
  /** Hosts that are certainly nobody's but the gateway's: no look-up for those. */
  readonly ownHosts: OwnHosts;
  readonly certificates: ClientCertificates;
  readonly clients: Clients;
  readonly log: Logger;
  readonly node: string;
  /** Where error documents live; empty for relative references. */
  readonly portalUrl: string;
  readonly life: { draining: boolean; overload: LoadLevel };
}
