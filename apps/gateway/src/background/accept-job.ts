import type { BackgroundPolicy } from '@parley/contracts/policies/background';
import { sealBuffer } from '@parley/kernel/seal';
import type { Exchange } from '../exchange.ts';
import { noted } from '../explain/notes.ts';
import { isPrepaid } from '../policies/limits/credit.ts';
import type { Ports } from '../ports/ports.ts';
import { Refusal, refusal } from '../refusals.ts';
import type { EndpointSource, Stage } from '../stage.ts';
import { replyWith } from '../stages/reply.ts';
import { allUnderWay, unmeasured } from '../wire/limit-members.ts';
import { callbackOf } from './callback.ts';
import { type JobFacts, type JobView, jobPurpose } from './job.ts';
import { JobAnswer } from './job-answer.ts';
import { jobObject, jobsPath, responseOf } from './job-object.ts';
import { callOf, writeCall } from './stored-call.ts';

const HOUR_MS = 3_600_000;
const RETRY_SECONDS = 5;
/** Bytes of calls and answers kept for one application. */
const MAX_BYTES = 256 * 1024 * 1024;
/** What a version without the policy does. */
export const USUAL: BackgroundPolicy = {
  allow: true,
  keepHours: 24,
  maxWaiting: 100,
  maxRunning: 4,
  maxRunMinutes: 15,
  tries: 3,
};

/** OpenAI's way to ask for it. */
export function inBackground({ chat }: Exchange): boolean {
  return chat !== null && chat.protocol === 'openai_responses' && chat.body['background'] === true;
}

function cannot(param: string, message: string): Refusal {
  return refusal('unsupported_parameter', { message, param });
}

function factsOf(
  exchange: Exchange,
  policy: BackgroundPolicy,
  { nowMs, callback }: { readonly nowMs: number; readonly callback: string | null },
): JobFacts | null {
  const { id, caller, tenant, api, version, subject, path, model, offer } = exchange;
  if (caller === null || tenant === null || api === null || version === null) return null;
  return {
    id,
    applicationId: caller.application.id,
    tenantId: tenant.id,
    apiId: api.id,
    apiVersionId: version.id,
    callback,
    subject: subject === caller.key.id ? '' : subject,
    path: path.slice(0, 512),
    response: exchange.chat?.protocol === 'openai_responses',
    model: model?.slug ?? offer?.model?.slug ?? null,
    acceptedAtMs: nowMs,
    rules: {
      keepMs: policy.keepHours * HOUR_MS,
      maxRunMs: policy.maxRunMinutes * 60_000,
      tries: policy.tries,
      maxRunning: policy.maxRunning,
    },
  };
}

/**
 * Accepts a call to be answered later, where its caller asks for that (`Prefer: respond-async`, RFC 7240 §4.1, or
 * `background` of the Responses API): 202 once it is kept. After everything that can refuse it, before a model is asked.
 */
export function acceptJob({ policies }: EndpointSource): Stage {
  const policy = policies.background ?? USUAL;
  const stage: Stage = (exchange, ports) => {
    const named = inBackground(exchange);
    if (!(named || exchange.prefersLater) || exchange.response instanceof JobAnswer) return null;
    // It would be made again as its application's key: without what the token says (docs/party-tokens.md, PT-6.7).
    if (exchange.party !== null)
      return named ? cannot('background', 'Party tokens make no calls in the background.') : null;
    // How it will end is known long after it was let in: what it will be charged cannot be held until then.
    if (isPrepaid(exchange)) {
      const message =
        'This plan is paid from credit, and what a call is charged that is answered later cannot be held of it: ask for the answer at once.';
      return cannot(named ? 'background' : 'Prefer', message);
    }
    // A preference may be passed over (RFC 7240 §2); what the body asks for may not.
    if (!policy.allow) return named ? cannot('background', 'This API answers no calls in the background.') : null;
    // A stream can be taken up again instead (resumable/).
    if (named && exchange.stream) return null;
    return accept(exchange, ports, policy);
  };
  const sentence = (exchange: Exchange): string =>
    exchange.prefersLater ? 'It would be accepted with 202, and answered later.' : 'It would be answered at once.';
  return noted(stage, { step: null, policy: null, harmless: false, sentence });
}

async function accept(exchange: Exchange, ports: Ports, policy: BackgroundPolicy): Promise<Refusal | null> {
  const callback = callbackOf(exchange, ports.clock.nowMs());
  if (callback instanceof Refusal) return callback;
  const facts = factsOf(exchange, policy, { nowMs: ports.clock.nowMs(), callback });
  const dataKey = exchange.tenant?.dataKey ?? null;
  if (facts === null) return refusal('internal');
  if (dataKey === null) return refusal('configuration_unavailable', { retryAfterSeconds: RETRY_SECONDS });
  const call = sealBuffer(dataKey, writeCall(callOf(exchange)), jobPurpose('call', facts.id));
  // From here on the record is the job's, which has the same id.
  exchange.recordedLater = true;
  const said = await ports.background.store
    .accept(facts, call, { maxWaiting: policy.maxWaiting, maxBytes: MAX_BYTES })
    .catch((error: unknown) => {
      ports.log.warn('a call could not be kept to be answered later', { error });
      return 'away' as const;
    });
  if (said !== 'ok') {
    exchange.recordedLater = false;
    return refused(said, policy);
  }
  // Nobody was told its id: the caller has left.
  if (exchange.settled) await ports.background.store.cancel(facts.id).catch(() => null);
  else tell(exchange, ports, facts);
  ports.background.look();
  return null;
}

function refused(why: 'full' | 'heavy' | 'away', { maxWaiting }: BackgroundPolicy): Refusal {
  if (why === 'away') return refusal('queue_unavailable', { retryAfterSeconds: RETRY_SECONDS });
  const message =
    why === 'full'
      ? `${maxWaiting} calls of your application wait to be answered already, which is all this API lets wait.`
      : 'What is kept of your application’s calls and their answers has no more room.';
  const limit =
    why === 'full'
      ? allUnderWay('application', 'waiting-calls', maxWaiting)
      : unmeasured('application', 'waiting-calls-bytes');
  return refusal('too_many_jobs', { message, limit, retryAfterSeconds: RETRY_SECONDS });
}

function tell(exchange: Exchange, ports: Ports, facts: JobFacts): void {
  const view: JobView = {
    facts,
    state: 'queued',
    tries: 0,
    startedAtMs: null,
    endedAtMs: null,
    expiresAtMs: facts.acceptedAtMs + 2 * facts.rules.keepMs,
    answerBytes: 0,
    status: null,
    code: null,
  };
  exchange.upstreamReached = true;
  if (inBackground(exchange)) {
    const headers = ['x-parley-job', facts.id];
    return replyWith(exchange, ports, { status: 200, headers, json: JSON.stringify(responseOf(view)) });
  }
  const path = jobsPath(exchange);
  const headers = ['location', `${path}/${facts.id}`, 'preference-applied', 'respond-async', 'x-parley-job', facts.id];
  headers.push('retry-after', '1');
  replyWith(exchange, ports, { status: 202, headers, json: JSON.stringify(jobObject(view, path)) });
}
