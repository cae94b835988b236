import { answerJobs } from '../background/answer-jobs.ts';
import { answerBatches } from '../batches/answer-batches.ts';
import { answerSessions } from '../context/answer-sessions.ts';
import type { Exchange } from '../exchange.ts';
import { giveFeedback } from '../feedback/give-feedback.ts';
import { noteKey } from '../policies/callers/note-key.ts';
import { issueClientSecret, readClientSecret } from '../realtime/issue-secret.ts';
import { readRealtime, readRealtimeKey } from '../realtime/read.ts';
import type { Stage } from '../stage.ts';
import { admit, shed } from '../stages/admit.ts';
import { authorize } from '../stages/authorize.ts';
import { buildProvider } from '../stages/build-provider.ts';
import { buildRest } from '../stages/build-rest.ts';
import { chooseRoute } from '../stages/choose-route.ts';
import { countTokens } from '../stages/count-tokens.ts';
import { fetchMedia } from '../stages/fetch-media.ts';
import { followApi } from '../stages/follow-api.ts';
import { forwardChat, forwardOperation, forwardPrompt } from '../stages/forward.ts';
import { identify } from '../stages/identify.ts';
import { listApiModels, listModels } from '../stages/list-models.ts';
import { readChat } from '../stages/read-chat.ts';
import { readJson } from '../stages/read-json.ts';
import { readOperationCall } from '../stages/read-operation.ts';
import { readVariables, renderPromptCall } from '../stages/render-prompt.ts';
import { resolveApiModel, resolveModel } from '../stages/resolve-model.ts';
import { tellLost } from '../stages/tell-lost.ts';
import { foundIn, routeNotes, routeSentence } from './found.ts';
import { carriedNote, IDENTIFIES, PREPARES, type StageNote } from './notes.ts';
import { planLimits } from './plan-limits.ts';

const decides = (step: StageNote['step'], sentence: StageNote['sentence']): StageNote => ({
  step,
  policy: null,
  harmless: true,
  sentence,
});
const acts = (step: StageNote['step'], sentence: StageNote['sentence']): StageNote => ({
  step,
  policy: null,
  harmless: false,
  sentence,
});

/** Stages that are the same for every endpoint. A new one without a row here is told of, and not run. */
const NOTES = new Map<Stage, StageNote>([
  [identify, IDENTIFIES],
  [noteKey, PREPARES],
  [authorize, decides('subscription', subscribed)],
  [shed, PREPARES],
  [readJson, PREPARES],
  [readChat, decides('request', () => 'The body is a chat completion request.')],
  [readRealtimeKey, PREPARES],
  [readClientSecret, decides('request', () => 'The body asks for a client secret.')],
  [issueClientSecret, acts('upstream', () => 'The gateway answers it itself, with a key for a session.')],
  [readRealtime, decides('request', () => 'It is the handshake of a WebSocket.')],
  [readOperationCall, decides('request', () => 'The body is a request of its kind.')],
  [readVariables, PREPARES],
  [renderPromptCall, decides('request', () => 'The variables fit the prompt.')],
  [resolveModel, decides('request', (exchange) => `It asks for the model “${exchange.model?.slug ?? ''}”.`)],
  [resolveApiModel, decides('request', (exchange) => `It asks for the model “${exchange.model?.slug ?? ''}”.`)],
  [followApi, PREPARES],
  [chooseRoute, { ...decides('route', (exchange) => routeSentence(foundIn(exchange))), notes: chosenBy }],
  [answerJobs, acts('upstream', () => 'The gateway answers it itself, from the calls it keeps.')],
  [answerBatches, acts('upstream', () => 'The gateway answers it itself, from the files and batches it keeps.')],
  [answerSessions, acts('upstream', () => 'The gateway answers it itself, from the sessions it keeps.')],
  [tellLost, PREPARES],
  [
    fetchMedia,
    acts('upstream', () => 'What the call names by URL would be fetched where its provider does not do that.'),
  ],
  [buildRest, decides('upstream', toUpstream)],
  [buildProvider, decides('upstream', toProvider)],
  [admit, acts('limits', planLimits)],
  [forwardChat, acts(null, () => '')],
  [forwardPrompt, acts(null, () => '')],
  [forwardOperation, acts(null, () => '')],
  [giveFeedback, acts('upstream', () => 'The gateway notes it itself.')],
  [countTokens, acts('upstream', () => 'The gateway counts the tokens itself.')],
  [listModels, acts('upstream', () => 'The gateway answers it itself, with the models open to the caller.')],
  [listApiModels, acts('upstream', () => 'The gateway answers it itself, with the models of this API.')],
]);

/** The note of a stage; `undefined` for one that nobody described. */
export function noteOf(stage: Stage): StageNote | undefined {
  return carriedNote(stage) ?? NOTES.get(stage);
}

function chosenBy(exchange: Exchange): string[] {
  return routeNotes(exchange, foundIn(exchange));
}

function subscribed({ plan }: Exchange): string {
  return `The application’s subscription is approved, on the plan “${plan?.slug ?? ''}”.`;
}

function toUpstream({ upstreamRequest, upstream, variant }: Exchange): string {
  const where = upstreamRequest ? ` as ${upstreamRequest.method} ${upstreamRequest.path}` : '';
  const chosen = variant === undefined ? '' : `, the variant “${variant}”`;
  return `It would go to the upstream “${upstream?.slug ?? ''}”${chosen}${where}.`;
}

function toProvider({ model }: Exchange): string {
  return `It would go to the model “${model?.slug ?? ''}” at the provider “${model?.provider?.slug ?? ''}”.`;
}
