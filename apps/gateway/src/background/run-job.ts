import { openBuffer, sealBuffer } from '@parley/kernel/seal';
import { readTarget } from '../door/target.ts';
import { Exchange } from '../exchange.ts';
import { noteOf } from '../explain/stage-notes.ts';
import { lastingHeaders, writeAnswer } from '../policies/idempotency/kept-answer.ts';
import type { Ports } from '../ports/ports.ts';
import { Refusal, refusal } from '../refusals.ts';
import type { CompiledTenant } from '../snapshot/compiled.ts';
import type { Stage } from '../stage.ts';
import { shed } from '../stages/admit.ts';
import { endByBug } from '../stages/end-by-bug.ts';
import { endByGateway } from '../stages/end-early.ts';
import { locate } from '../stages/locate.ts';
import { refuse } from '../stages/refuse.ts';
import { madeRequest } from '../wire/made-request.ts';
import { readRequestHeaders } from '../wire/request-headers.ts';
import { callerNow, walkAgain } from './call-again.ts';
import { type ClaimedJob, jobPurpose } from './job.ts';
import { JobAnswer } from './job-answer.ts';
import type { JobEnd } from './job-store.ts';
import { readCall, type StoredCall } from './stored-call.ts';

/** An answer that is larger cannot be kept. */
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;

/** Refusals before anything was asked of a model that pass by themselves: the job comes again. */
const PASSING = new Set(['overloaded', 'configuration_unavailable', 'issuer_unavailable', 'metering_unavailable']);

/** What a claim that is not to be answered is recorded as. */
const ENDED = { cancelled: 'job_cancelled', expired: 'job_expired', lost: 'job_interrupted' } as const;

/** A job on its way: what looks after it reads how far it is, and may end it. */
export interface JobRun {
  readonly exchange: Exchange;
  readonly answer: JobAnswer;
  /** How it ended; `null` when it cannot be answered now and comes again. */
  readonly end: Promise<JobEnd | null>;
}

/** What was decided once, when the call was accepted: who calls, limits, repeats, and that it is answered later. */
function wasDecided(stage: Stage): boolean {
  if (stage === shed) return true;
  const note = noteOf(stage);
  if (note === undefined) return false;
  return note.step === 'caller' || note.step === 'limits' || note.policy === 'limits' || note.policy === 'idempotency';
}

/** Notes where the call went without asking anything of it, for the record of a job that never ran. */
function noteTarget(exchange: Exchange, job: ClaimedJob, tenant: CompiledTenant): void {
  exchange.tenant = tenant;
  exchange.api = tenant.apisById.get(job.facts.apiId) ?? null;
  exchange.kind = exchange.modelPath === null ? 'prompt' : 'chat';
  exchange.subscription = exchange.caller?.application.subscriptionByApi.get(job.facts.apiId) ?? null;
}

async function answerCall(exchange: Exchange, job: ClaimedJob, call: StoredCall, ports: Ports): Promise<boolean> {
  const caller = await callerNow(job.facts.applicationId, call.keyId, ports);
  if (!(caller instanceof Refusal)) exchange.caller = caller;
  exchange.scopes = call.scopes;
  exchange.subject = call.subject;
  await locate(exchange, ports);
  let refused: Refusal | null = caller instanceof Refusal ? caller : null;
  if (job.why !== 'run' || refused !== null) {
    const tenant = await ports.snapshot.tenantById(job.facts.tenantId);
    if (typeof tenant !== 'string') noteTarget(exchange, job, tenant);
    if (job.why !== 'run') refused = refusal(ENDED[job.why]);
  } else refused = await walkAgain(exchange, ports, wasDecided);
  if (refused === null) return true;
  if (PASSING.has(refused.code)) return false;
  if (exchange.caller === null) await noteStranger(exchange, job, call, ports);
  refuse(exchange, refused, ports);
  return true;
}

/** A revoked key's call is recorded under it, too. */
async function noteStranger(exchange: Exchange, job: ClaimedJob, { keyId }: StoredCall, ports: Ports): Promise<void> {
  const application = await ports.snapshot.applicationById(job.facts.applicationId);
  if (typeof application === 'string') return;
  exchange.caller = { application, key: { id: keyId, expiresAtMs: null, revokedAtMs: null } };
}

function exchangeOf(job: ClaimedJob, call: StoredCall, ports: Ports): { exchange: Exchange; answer: JobAnswer } {
  const request = madeRequest(call);
  readTarget(request);
  const answer = new JobAnswer(request, MAX_ANSWER_BYTES, () =>
    endByGateway(exchange, refusal('answer_too_large'), ports),
  );
  const exchange = new Exchange(job.facts.id, performance.now(), request, answer, false);
  exchange.clients = ports.clients;
  readRequestHeaders(exchange);
  return { exchange, answer };
}

/**
 * Begins to answer a job as if its call had come now, under the id it was accepted with: its record is made once, however
 * often it has to be begun.
 */
export function runJob(job: ClaimedJob, tenant: CompiledTenant, ports: Ports): JobRun | null {
  const { dataKey } = tenant;
  if (dataKey === null) return null;
  const { id } = job.facts;
  const call = readCall(openBuffer(dataKey, job.call, jobPurpose('call', id)));
  const { exchange, answer } = exchangeOf(job, call, ports);
  const late = setTimeout(() => {
    endByGateway(
      exchange,
      refusal('job_interrupted', { message: 'The job took longer than this API lets it.' }),
      ports,
    );
  }, job.facts.rules.maxRunMs).unref();
  const walked = answerCall(exchange, job, call, ports).catch((error: unknown) => {
    endByBug(exchange, error, ports);
    return true;
  });
  const ended = async (): Promise<JobEnd | null> => {
    if (!(await walked)) return null;
    const { status, headers, body, broken } = await answer.done;
    const failed = broken || exchange.code !== null || status >= 400;
    const kept = writeAnswer({ status, headers: lastingHeaders(headers), body });
    return {
      state: job.why === 'cancelled' || job.why === 'expired' ? job.why : failed ? 'failed' : 'succeeded',
      status,
      code: exchange.code,
      answer: sealBuffer(dataKey, kept, jobPurpose('answer', id)),
    };
  };
  return { exchange, answer, end: ended().finally(() => clearTimeout(late)) };
}
