import type { UsageEvent } from '@parley/contracts/usage-event';
import { acceptJob } from './background/accept-job.ts';
import { answerJobs } from './background/answer-jobs.ts';
import { answerBatches } from './batches/answer-batches.ts';
import { answerSessions } from './context/answer-sessions.ts';
import { beginTurn } from './context/begin-turn.ts';
import { contextIn } from './context/context-in.ts';
import { acting } from './explain/notes.ts';
import { giveFeedback } from './feedback/give-feedback.ts';
import { paced } from './load/own-pace.ts';
import { issueToken } from './oauth/issue-token.ts';
import { publishKeys, publishMetadata } from './oauth/publish.ts';
import { attestPartyToken } from './party/attest.ts';
import { drawUse } from './party/draw-use.ts';
import { exchangePartyToken } from './party/exchange-token.ts';
import { explainPartyToken } from './party/explain-token.ts';
import { orParty } from './party/identify-party.ts';
import { introspectPartyToken } from './party/introspect.ts';
import { issuePartyToken } from './party/issue.ts';
import { permitAudience, permitList, permitModel, permitPrompt, permitRest, refuseParties } from './party/permit.ts';
import { publishPartyKeys } from './party/publish-keys.ts';
import { readPartyRequest } from './party/read-request.ts';
import { revokePartyToken } from './party/revoke.ts';
import { bodyLog } from './policies/body-log/body-log.ts';
import { cache } from './policies/cache/cache.ts';
import { identifyCaller } from './policies/callers/identify-caller.ts';
import { openToKeys } from './policies/callers/open-to-keys.ts';
import { tellUpstream } from './policies/callers/tell-upstream.ts';
import { chooseByMeaning } from './policies/choose-by-meaning.ts';
import { contract } from './policies/contract/contract.ts';
import { askAdvice } from './policies/guardrails/asks/ask-stage.ts';
import { guardOperation } from './policies/guardrails/guard-operation.ts';
import { guardCall } from './policies/guardrails/guardrails.ts';
import { guards } from './policies/guards.ts';
import { idempotency, readIdempotencyKey } from './policies/idempotency/idempotency.ts';
import { dropSignature, handleOnce } from './policies/inbound/once.ts';
import { knowledge } from './policies/knowledge/knowledge.ts';
import { admitWithin, shedBeyond } from './policies/limits/admit-limits.ts';
import { modelCache } from './policies/model-cache/model-cache.ts';
import { modelRouting } from './policies/model-routing.ts';
import { experiment } from './policies/prompts/experiment.ts';
import { promptLabel } from './policies/prompts/prompt-label.ts';
import { shield } from './policies/shield/shield.ts';
import { mirror } from './policies/split/mirror.ts';
import { split } from './policies/split/split.ts';
import { transformRequest } from './policies/transform/request.ts';
import { sessionSource } from './policies/web-socket/connection-rules.ts';
import { readSocketKey } from './policies/web-socket/socket-key.ts';
import { socketSource } from './policies/web-socket/socket-source.ts';
import { forwardRealtime } from './realtime/forward.ts';
import { identifyOpenSession, identifySession } from './realtime/identify-session.ts';
import { issueClientSecret, readClientSecret } from './realtime/issue-secret.ts';
import { readRealtime, readRealtimeKey, refuseGuarded, refuseMetered, refusePrepaid } from './realtime/read.ts';
import { keepStream } from './resumable/keep-stream.ts';
import { forwardCall } from './serving/answer.ts';
import { servingOf } from './serving/serving.ts';
import { type Chain, chain, type EndpointSource, type Stage } from './stage.ts';
import { authorize } from './stages/authorize.ts';
import { buildProvider } from './stages/build-provider.ts';
import { chooseRoute } from './stages/choose-route.ts';
import { countTokens } from './stages/count-tokens.ts';
import { enter } from './stages/enter.ts';
import { fetchMedia } from './stages/fetch-media.ts';
import { followApi } from './stages/follow-api.ts';
import { forwardChat, forwardOperation, forwardPrompt } from './stages/forward.ts';
import { identify } from './stages/identify.ts';
import { listApiModels, listModels } from './stages/list-models.ts';
import { readChat } from './stages/read-chat.ts';
import { readJson } from './stages/read-json.ts';
import { readOperationCall } from './stages/read-operation.ts';
import { readVariables, renderPromptCall } from './stages/render-prompt.ts';
import { resolveApiModel, resolveModel } from './stages/resolve-model.ts';
import { retired } from './stages/retired.ts';
import { tellLost } from './stages/tell-lost.ts';

/**
 * The story of a request. `walk.ts` finds the endpoint by its address (`stages/locate.ts`) and walks its chain: one of
 * these, made when the configuration was loaded. First who calls, for nobody learns anything about paths without a key;
 * bad input is refused before `admitWithin`, so that it counts against no limit. What follows the upstream call — relaying its
 * answer, settling usage and cost, recording, and only then the last byte — is told by `stages/relay-*.ts` and
 * `stages/settle.ts`.
 */

/**
 * Who calls, whether the version is still there, and whether the caller is subscribed to it. `permit` says what of the endpoint is
 * open to party tokens: nothing, where it is not given.
 */
function caller(source: EndpointSource, kind: UsageEvent['kind'], permit = refuseParties): Chain {
  return known(identifyCaller(source), source, kind, permit);
}

function known(identified: Stage, source: EndpointSource, kind: UsageEvent['kind'], permit = refuseParties): Chain {
  return chain(identified, enter(kind), permit, retired(source), authorize);
}

/** A call counts: against its party token's allowance, then against all limits. */
function counted(source: EndpointSource): Chain {
  return chain(drawUse, admitWithin(source));
}

/** What every call of a subscriber has to pass, whatever the endpoint does. */
function passed(source: EndpointSource): Chain {
  return chain(...guards(source), shedBeyond(source), shield(source));
}

/** `/{tenant}/{api}/{version}/…` of a REST API: the route's upstream, or what `servingOf` puts in its place. */
export function restCall(source: EndpointSource): Chain {
  return chain(readSocketKey(source), ...caller(source, 'rest', permitRest), ...chosenRestCall(source));
}

/** Who calls, for addresses whose routes are chosen by more than a call's head; goes on with the chosen route's rest. */
export function choosingCall(source: EndpointSource): Chain {
  return chain(readSocketKey(source), ...caller(source, 'rest', permitRest), chooseRoute);
}

/** A REST call from where its caller is known. */
export function chosenRestCall(given: EndpointSource): Chain {
  const source = socketSource(given);
  const serving = servingOf(source);
  return chain(
    ...passed(source),
    contract(source),
    readIdempotencyKey(source),
    tellUpstream(source),
    dropSignature(source),
    split(source),
    transformRequest(source),
    serving.build,
    ...counted(source),
    idempotency(source),
    handleOnce(source),
    acting('split', mirror(source)),
    cache(source, serving) ?? forwardCall(source, serving),
  );
}

/** A prompt endpoint: variables in, text or JSON out. */
export function promptCall(source: EndpointSource): Chain {
  return chain(
    ...caller(source, 'prompt', permitPrompt),
    bodyLog(source),
    ...passed(source),
    readJson,
    readVariables,
    promptLabel(source),
    experiment(source),
    renderPromptCall,
    knowledge(source),
    guardCall(source),
    readIdempotencyKey(source),
    modelRouting(source),
    chooseByMeaning(source),
    buildProvider,
    ...counted(source),
    idempotency(source),
    acceptJob(source),
    keepStream(source),
    askAdvice(source),
    forwardPrompt,
  );
}

/** A chat from where its model is known, whichever address it came by. */
function askedChat(source: EndpointSource): Chain {
  return chain(
    contextIn,
    knowledge(source),
    guardCall(source),
    readIdempotencyKey(source),
    modelRouting(source),
    chooseByMeaning(source),
    fetchMedia,
    buildProvider,
    ...counted(source),
    idempotency(source),
    acceptJob(source),
    keepStream(source),
    beginTurn,
    modelCache(source),
    askAdvice(source),
    forwardChat,
  );
}

/** The same for what models do beside chat. */
function askedOperation(source: EndpointSource): Chain {
  return chain(
    guardOperation(source),
    readIdempotencyKey(source),
    modelRouting(source),
    buildProvider,
    ...counted(source),
    idempotency(source),
    acceptJob(source),
    keepStream(source),
    askAdvice(source),
    forwardOperation,
  );
}

/** A session over a WebSocket from where its model is known. */
function askedRealtime(source: EndpointSource): Chain {
  return chain(
    refuseGuarded(source),
    refuseMetered(source),
    refusePrepaid,
    modelRouting(source),
    buildProvider,
    admitWithin(source),
    forwardRealtime(source),
  );
}

/** A chat at a model API's own address, in any client's protocol. */
export function apiChatCall(source: EndpointSource): Chain {
  return chain(
    ...caller(source, 'chat', permitAudience),
    bodyLog(source),
    ...passed(source),
    readJson,
    readChat,
    resolveApiModel,
    permitModel,
    ...askedChat(source),
  );
}

/** What models do beside chat, at a model API's address: embeddings, reranking, pictures, sound, moderation. */
export function apiOperationCall(source: EndpointSource): Chain {
  return chain(
    ...caller(source, 'chat', permitAudience),
    bodyLog(source),
    ...passed(source),
    readOperationCall,
    resolveApiModel,
    permitModel,
    ...askedOperation(source),
  );
}

/** A short-lived key for sessions with a model that is known. */
function askedSecret(source: EndpointSource): Chain {
  return chain(refuseGuarded(source), refusePrepaid, admitWithin(source), issueClientSecret);
}

/** A short-lived key at a model API's address. */
export function apiSecretCall(source: EndpointSource): Chain {
  return chain(
    ...caller(source, 'models'),
    ...passed(source),
    readJson,
    readClientSecret,
    resolveApiModel,
    ...askedSecret(source),
  );
}

/** A realtime session at a model API's address. */
export function apiRealtimeCall(given: EndpointSource): Chain {
  const source = sessionSource(given);
  return chain(
    readRealtimeKey,
    ...known(identifySession(source), source, 'websocket'),
    ...passed(source),
    readRealtime,
    resolveApiModel,
    ...askedRealtime(source),
  );
}

/** How long a call would be, without making it. */
export function apiCountCall(source: EndpointSource): Chain {
  return chain(
    ...caller(source, 'models', permitAudience),
    ...passed(source),
    readJson,
    readChat,
    resolveApiModel,
    permitModel,
    ...counted(source),
    countTokens,
  );
}

export function apiModelsCall(source: EndpointSource): Chain {
  return chain(...caller(source, 'models', permitList), ...passed(source), ...counted(source), listApiModels);
}

/** What is asked of files and batches at a model API's address. */
export function apiBatchesCall(source: EndpointSource): Chain {
  return chain(...caller(source, 'models'), answerBatches);
}

/** What is asked of calls that an API answers later. */
export function apiJobsCall(source: EndpointSource): Chain {
  return chain(...caller(source, 'models'), answerJobs);
}

const LOST_KIND = { rest: 'rest', prompt: 'prompt', llm: 'chat' } as const;

/** Paths and methods an API version does not have: told to its subscribers only. */
export function lostCall(source: EndpointSource): Chain {
  return chain(...caller(source, LOST_KIND[source.version.target.kind], permitAudience), tellLost);
}

/** `/v1/chat/completions` and `/v1/messages/count_tokens`: over all model APIs the caller is subscribed to; goes on as a call to the model's API. */
export const CHAT: Chain = chain(orParty(identify), readJson, readChat, resolveModel, permitModel, followApi);

/** The rest of such a call, under the policies of the API that offers its model. */
export function openChatCall(source: EndpointSource): Chain {
  return chain(openToKeys(source), bodyLog(source), ...passed(source), ...askedChat(source));
}

/** `/v1/embeddings` and what else models do beside chat; goes on as a call to the model's API. */
export const OPERATION: Chain = chain(orParty(identify), readOperationCall, resolveModel, permitModel, followApi);

/** The rest of such a call. */
export function openOperationCall(source: EndpointSource): Chain {
  return chain(openToKeys(source), bodyLog(source), ...passed(source), ...askedOperation(source));
}

/** The rest of `/v1/messages/count_tokens` and its like, which begin as a chat does. */
export function openCountCall(source: EndpointSource): Chain {
  return chain(openToKeys(source), ...passed(source), ...counted(source), countTokens);
}

/** `/v1/realtime`: a WebSocket; goes on as a call to the model's API. */
export const REALTIME: Chain = chain(readRealtimeKey, identifyOpenSession, readRealtime, resolveModel, followApi);

/** `/v1/realtime/client_secrets`: short-lived keys for sessions with a model; goes on as a call to its API. */
export const CLIENT_SECRETS: Chain = chain(identify, readJson, readClientSecret, resolveModel, followApi);

/** The rest of such a call. */
export function openSecretCall(source: EndpointSource): Chain {
  return chain(openToKeys(source), ...passed(source), ...askedSecret(source));
}

/** The rest of such a call. */
export function openRealtimeCall(given: EndpointSource): Chain {
  const source = sessionSource(given);
  return chain(openToKeys(source), ...passed(source), ...askedRealtime(source));
}

/** `/v1/models`. */
export const MODELS: Chain = chain(identify, listModels);

/** `/v1/jobs` and `/v1/responses/{id}`: calls that are answered later. */
export const JOBS: Chain = chain(identify, answerJobs);

/** `/v1/files`, `/v1/batches`, `/v1/messages/batches`: many calls as one. */
export const BATCHES: Chain = chain(identify, answerBatches);

/** `/v1/sessions`: conversations that any call can go on with. */
export const SESSIONS: Chain = chain(orParty(identify), drawUse, answerSessions);

/** `/v1/feedback`: what a caller says of an answer. */
export const FEEDBACK: Chain = chain(identify, readJson, giveFeedback);

/** `/oauth/token`: access tokens for API keys. */
export const TOKEN: Chain = chain(issueToken);

/** What everybody may know of those tokens. */
export const TOKEN_KEYS: Chain = chain(publishKeys);
export const TOKEN_METADATA: Chain = chain(publishMetadata);

/** `/v1/party-tokens` and what is asked of those it gives: by API key only. */
export const PARTY_ISSUE: Chain = chain(identify, paced('party-tokens'), readPartyRequest, issuePartyToken);
export const PARTY_INTROSPECT: Chain = chain(identify, readPartyRequest, introspectPartyToken);
export const PARTY_REVOKE: Chain = chain(identify, readPartyRequest, revokePartyToken);
/** Another party acts from here on: asked for by key, or by the token itself. */
export const PARTY_EXCHANGE: Chain = chain(
  orParty(identify),
  paced('party-tokens'),
  readPartyRequest,
  exchangePartyToken,
);
export const PARTY_ATTEST: Chain = chain(identify, paced('party-tokens'), readPartyRequest, attestPartyToken);
export const PARTY_EXPLAIN: Chain = chain(identify, readPartyRequest, explainPartyToken);
/** The keys a tenant's are signed with: for everybody. */
export const PARTY_KEYS: Chain = chain(publishPartyKeys);

/** An address that leads to no API. A party token hears what it hears of one that is not for it. */
export const NOWHERE: Chain = chain(orParty(identify), refuseParties, tellLost);
