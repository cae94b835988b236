import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ModelRoutingPolicy } from '@parley/contracts/policies/model-routing';
import type { LimitRecord, TryRecord, UsageEvent } from '@parley/contracts/usage-event';
import type { TokenUsage } from '@parley/domain/call-usage';
import type { MappingFacts } from '@parley/domain/mapping/facts';
import type { PriceRates } from '@parley/domain/price-rates';
import type { ClientCall } from '@parley/llm/codec';
import type { Loss, Protocol } from '@parley/llm/neutral/call';
import type { FetchedMedia } from '@parley/llm/neutral/media';
import type { OperationCall, OperationWay } from '@parley/llm/operations/operation';
import type { Way } from '@parley/llm/ways';
import type { JobAddress } from './background/job-address.ts';
import type { BatchAddress } from './batches/batch-address.ts';
import type { CallContext } from './context/call-context.ts';
import type { SessionAddress } from './context/session-address.ts';
import type { Upgrade } from './door/upgrade.ts';
import type { Linked } from './linked-list.ts';
import type { ProviderKey } from './models/key-state.ts';
import type { ModelCall } from './models/model-call.ts';
import { DEFAULT_ROUTING } from './models/routing.ts';
import type { SideCall } from './models/side/side-call.ts';
import type { Try } from './models/try.ts';
import type { Trace } from './observe/trace-context.ts';
import type { PartyToken } from './party/party-tokens.ts';
import type { CallBodies } from './policies/body-log/call-bodies.ts';
import type { CallGuard } from './policies/guardrails/call-guard.ts';
import type { Keeps } from './policies/idempotency/keeping.ts';
import type { GivenPassages } from './policies/knowledge/passages-turn.ts';
import type { AnswerKeeper } from './policies/model-cache/keeper.ts';
import type { Canary } from './policies/split/canary.ts';
import type { Caller } from './ports/keys/keys.ts';
import type { Admission } from './ports/limiter/admission.ts';
import type { RuleCall } from './ports/limiter/rule-limiter.ts';
import type { Refusal } from './refusals.ts';
import type {
  CompiledApi,
  CompiledModel,
  CompiledPlan,
  CompiledRoute,
  CompiledSubscription,
  CompiledTenant,
  CompiledUpstream,
  CompiledVersion,
  PromptOffer,
} from './snapshot/compiled.ts';
import type { Chain } from './stage.ts';
import type { ModelPath } from './stages/model-path.ts';
import type { Relay } from './stages/relay.ts';
import type { UpstreamRequest } from './upstream/call.ts';
import type { RunningCall } from './upstream/running-call.ts';
import { Clients } from './wire/clients.ts';

const NO_STAGES: Chain = [];
const NOBODY_TRUSTED = new Clients();
const NO_SCOPES: readonly string[] = [];
const NO_LOSSES: readonly Loss[] = [];
const NO_MODELS: readonly CompiledModel[] = [];

/** What was taken before the last answer: by one that was not given to the caller, or that broke off and was gone on with. */
export interface EarlierAnswer extends Required<TokenUsage> {
  /** What that cost, in nano-units. */
  readonly costNano: bigint;
  readonly usageSource: UsageEvent['usageSource'];
  readonly upstreamUs: number;
}

/**
 * Everything about one request, from its first to its last byte. Every field is set at birth, so that all requests
 * share one hidden class; stages fill them in. Times are `performance.now()` milliseconds.
 */
export class Exchange implements Linked<Exchange> {
  /** Neighbours among the running exchanges. */
  previous: Exchange | null = null;
  next: Exchange | null = null;

  /** UUIDv7 minted at the door: the answer's `x-request-id` and the usage event's id. */
  readonly id: string;
  readonly startedAt: number;
  readonly request: IncomingMessage;
  /** Of a stream that can be taken up again, what keeps it (resumable/). */
  response: ServerResponse;
  /** Who tells where it comes from. */
  clients = NOBODY_TRUSTED;
  readonly method: string;
  /** Path without query, and the query with its `?` (or empty). */
  readonly path: string;
  query: string;

  /** The connection of a WebSocket handshake (door/upgrade.ts). */
  upgrade: Upgrade | null = null;

  // From the headers (wire/request-headers.ts)
  keyText: string | null = null;
  /** A token sent with a proof that its sender has the key it is bound to, and that proof (RFC 9449). */
  dpopToken: string | null = null;
  dpopProof: string | null = null;
  contentType = '';
  contentEncoding = '';
  /** -1 when the header is missing. */
  contentLength = -1;
  chunked = false;
  accept = '';
  /** `X-Session-Id` as it came. */
  sessionHeader: string | null = null;
  /** `X-Context-ID` as it came. */
  contextHeader: string | null = null;
  /** `Parley-User` as it came, and `Parley-Tags`, several joined (contracts/attribution). */
  userHeader: string | null = null;
  tagsHeader: string | null = null;
  /** `traceparent` as it came, and the call's place in a trace where an operator looks on. */
  traceparent: string | null = null;
  trace: Trace | null = null;
  expectsContinue: boolean;
  /** Its caller would rather hear later (`Prefer: respond-async`). */
  prefersLater = false;
  /** Its caller wants to take up its stream again where it breaks (`X-Parley-Resumable`). */
  wantsResumable = false;
  /** The connection ends with the answer: it cannot be trusted to begin the next request where we think. */
  closes = false;
  /** Flat name-value pairs that may travel on to an upstream. */
  forwardHeaders: string[] = [];

  // From the address (stages/match-address.ts, stages/locate.ts)
  chain: Chain = NO_STAGES;
  /** Why the address leads nowhere; told once the caller is known. */
  lost: Refusal | null = null;
  /** The host it is for, in lower case without port; empty for none. */
  host = '';
  /** The model protocol its client speaks, for errors too; `null` for none: those are problem+json. */
  dialect: Protocol | null = null;
  /** What its path asks a model API for. */
  modelPath: ModelPath | null = null;
  /** What it asks of calls that are answered later. */
  jobAddress: JobAddress | null = null;
  /** What it asks of files and batches. */
  batchAddress: BatchAddress | null = null;
  /** The tenant whose public keys it asks for. */
  partyTenantId = '';
  /** What it asks of sessions. */
  sessionAddress: SessionAddress | null = null;
  tenantSlug = '';
  apiSlug = '';
  versionSlug = '';
  /** Path after the version, starting with `/`, or empty. */
  rest = '';

  // Found on the way
  caller: Caller | null = null;
  /** What the caller's credential may be used for, and whom it names: where a policy says how callers are known. */
  scopes: readonly string[] = NO_SCOPES;
  subject = '';
  /** The tenant itself asks, in the portal: what is one person's within the application is open as well. */
  wholeApplication = false;
  /** The party token its caller came with, and whether a use of it was taken. */
  party: PartyToken | null = null;
  partyDrew = false;
  tenant: CompiledTenant | null = null;
  api: CompiledApi | null = null;
  version: CompiledVersion | null = null;
  subscription: CompiledSubscription | null = null;
  plan: CompiledPlan | null = null;
  route: CompiledRoute | null = null;
  routeParams: readonly string[] = [];
  /** The version of the prompt that is asked. */
  offer: PromptOffer | null = null;
  /** The label its caller asked for. */
  promptLabel: string | null = null;
  /** Of a prompt call, as parsed. */
  variables: unknown = null;
  promptVersionId: string | null = null;
  model: CompiledModel | null = null;
  price: PriceRates | null = null;
  /** What a model is asked; of a prompt endpoint what its prompt was filled in to. */
  chat: ClientCall | null = null;
  /** The same with the part of its answer that has come, where another model is to go on with it. */
  continued: ClientCall | null = null;
  /** What guardrails know of it; `null` without any. */
  guard: CallGuard | null = null;
  /** Passages that a policy put into the chat: by what they are known there, and where they stand. */
  knowledge: GivenPassages | null = null;
  /** What was fetched of what the chat names by URL. */
  media: ReadonlyMap<string, FetchedMedia> | undefined = undefined;
  /** What a model is asked to do beside chat; then `chat` is `null`. */
  operation: OperationCall | null = null;
  /** How the provider is spoken to: of a chat, and beside it. */
  way: Way | null = null;
  operationWay: OperationWay | null = null;
  /** What of the call its provider could not be told. */
  losses: readonly Loss[] = NO_LOSSES;
  /** How models are tried; the version's policy puts its own here. */
  routing: ModelRoutingPolicy = DEFAULT_ROUTING;
  /** Where models are chosen by meaning: what came of it. */
  meaningRoute: UsageEvent['meaningRoute'] = undefined;
  /** Models that may answer, best first; the first is the one that is asked first. */
  candidates: readonly CompiledModel[] = NO_MODELS;
  /** The provider's key of the try. */
  key: ProviderKey | null = null;
  modelCall: ModelCall | null = null;
  /** Of a realtime session, by a client secret: what it begins with; and how long a secret that is asked for lives. */
  sessionSettings: Readonly<Record<string, unknown>> | null = null;
  secretSeconds = 0;
  /** Tries of it that are over; `null` while there is none but one that answers. */
  tries: TryRecord[] | null = null;
  /** Tries that were let go while another answered: their providers may want to be paid all the same. */
  lostTries: Try[] | null = null;
  /** What it has to do with a session it goes on with. */
  context: CallContext | null = null;
  /** What a policy keeps of what is asked and answered. */
  bodies: CallBodies | null = null;
  /** Keeps the answer for calls that ask the same. */
  answerKeeper: AnswerKeeper | null = null;
  body: Buffer | null = null;
  stream = false;
  admission: Admission | null = null;
  /** The limit that had no room for it, and what was done for it to fit. */
  short: LimitRecord | null = null;
  /** What limits of its own it counts with, until it ends. */
  held: RuleCall | null = null;
  idempotencyKey: string | null = null;
  /** What makes the call the same as its repeats, where a policy has changed it since; else it is taken when needed. */
  fingerprint: string | null = null;
  /** The call as it came, where a policy maps it or its answer. */
  facts: MappingFacts | null = null;
  /** Keeps the answer for repeats of the call; it then runs to its end even when the client leaves. */
  keeping: Keeps | null = null;
  /** What a third party calls this delivery; set where it is known by its signature. */
  deliveryId: string | null = null;

  // The upstream's side
  /** Of a REST call: the route's, or the one its variant has; set before the call is built. */
  upstream: CompiledUpstream | null = null;
  /** Name of the variant that traffic splitting chose. */
  variant: UsageEvent['variant'] = undefined;
  /** Hears how the call ends, where a new variant is being tried. */
  canary: Canary | null = null;
  upstreamRequest: UpstreamRequest | null = null;
  call: RunningCall | null = null;
  relay: Relay | null = null;
  attempts = 0;
  /** Something of the call may have arrived at the upstream. */
  upstreamReached = false;
  /** When a model was first asked, where tries follow one another; 0 for never. */
  leftAt = 0;
  upstreamStartedAt = 0;
  upstreamUs = 0;

  // Calls the gateway makes to models itself
  /** Those made for this call; `null` for none. */
  sideCalls: SideCall[] | null = null;
  /** This is one. */
  side: SideCall | null = null;

  // The answer
  status = 0;
  code: string | null = null;
  abortedBy: UsageEvent['abortedBy'] = 'none';
  headSent = false;
  /** Flat headers in which policies report what they found. */
  noteHeaders: string[] | null = null;
  /** What is sent once the usage event is durable: a whole answer's headers, and the (rest of the) body. */
  replyHeaders: string[] | null = null;
  replyBody: string | Buffer | null = null;
  ttftUs: number | null = null;
  requestBytes = 0;
  responseBytes = 0;
  /** Of a WebSocket. */
  messages: UsageEvent['messages'] = undefined;
  /** The answer came from what was kept. */
  cacheUse: UsageEvent['cache'] = undefined;
  /** Where the model cache found an answer to a question of the same meaning. */
  semantic: UsageEvent['semantic'] = undefined;
  settled = false;
  /** Its client's connection is gone, and it goes on. */
  clientLeft = false;
  /** It was accepted to be answered later: that answer makes the record. */
  recordedLater = false;

  // Usage
  kind: UsageEvent['kind'] = 'rest';
  providerModel: string | null = null;
  usageSource: UsageEvent['usageSource'] = 'none';
  inputTokens = 0;
  cachedInputTokens = 0;
  cacheWriteInputTokens = 0;
  cacheWrite1hInputTokens = 0;
  audioInputTokens = 0;
  cachedAudioInputTokens = 0;
  audioOutputTokens = 0;
  imageInputTokens = 0;
  cachedImageInputTokens = 0;
  imageOutputTokens = 0;
  // What calls beside chat are counted in.
  images = 0;
  imageClass = '';
  audioMs = 0;
  characters = 0;
  searchUnits = 0;
  pages = 0;
  finishReason: string | null = null;
  outputTokens = 0;
  reasoningTokens = 0;
  /** What a first answer took that did not fit its schema, or broke off: the second one's comes on top. */
  earlier: EarlierAnswer | null = null;
  outputCheck: UsageEvent['outputCheck'] = undefined;

  constructor(
    id: string,
    startedAt: number,
    request: IncomingMessage,
    response: ServerResponse,
    expectsContinue: boolean,
  ) {
    const url = request.url ?? '/';
    const mark = url.indexOf('?');
    this.id = id;
    this.startedAt = startedAt;
    this.request = request;
    this.response = response;
    this.method = request.method ?? 'GET';
    this.path = mark === -1 ? url : url.slice(0, mark);
    this.query = mark === -1 ? '' : url.slice(mark);
    this.expectsContinue = expectsContinue;
  }
}
