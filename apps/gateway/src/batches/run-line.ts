import { callerNow, walkAgain } from '../background/call-again.ts';
import { JobAnswer } from '../background/job-answer.ts';
import { readTarget } from '../door/target.ts';
import { Exchange } from '../exchange.ts';
import { noteOf } from '../explain/stage-notes.ts';
import type { Ports } from '../ports/ports.ts';
import { Refusal, refusal } from '../refusals.ts';
import type { Stage } from '../stage.ts';
import { endByBug } from '../stages/end-by-bug.ts';
import { endByGateway } from '../stages/end-early.ts';
import { locate } from '../stages/locate.ts';
import { refuse } from '../stages/refuse.ts';
import { madeRequest } from '../wire/made-request.ts';
import { readRequestHeaders } from '../wire/request-headers.ts';
import type { BatchFacts } from './batch.ts';
import { idWithin, shownId } from './batch-id.ts';
import type { LineResult } from './line-form.ts';

/** An answer that is larger cannot be kept. */
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;
/** Then an answer that has not ended is broken off. */
const MAX_RUN_MS = 15 * 60_000;

/** Refusals before anything was asked of a model that pass by themselves: the call waits for them. */
const PASSING = new Set([
  'overloaded',
  'configuration_unavailable',
  'issuer_unavailable',
  'limiter_unavailable',
  'metering_unavailable',
  'rate_limited',
  'quota_exceeded',
  'cost_limit_reached',
  'too_many_running',
]);

/** What a call cannot be made for at all, now or later: it leaves no record. */
const NOBODY = new Set(['key_revoked', 'key_expired']);

/** A call may not be made yet. */
export interface NotYet {
  readonly kind: 'later';
  readonly afterMs: number;
  /** Why, for when there is no later. */
  readonly refusal: Refusal;
}

export interface LineRun {
  readonly exchange: Exchange;
  readonly end: Promise<LineResult | NotYet>;
}

/** Who calls was decided when the batch was accepted. */
function wasDecided(stage: Stage): boolean {
  return noteOf(stage)?.step === 'caller';
}

/** The id of the record of a batch's line. */
export function lineId(batchId: string, number: number): string {
  return idWithin(batchId, `line ${number}`);
}

/** Whether a refusal passes by itself, and nothing was counted or asked for the call yet. */
function passes({ code }: Refusal, { admission }: Exchange): boolean {
  return PASSING.has(code) && (admission === null || admission.failed !== -1);
}

function requestOf({ endpoint, base, caller, id }: BatchFacts, body: string) {
  const headers = [...caller.headers, 'content-type', 'application/json', 'x-session-id', shownId('batch_', id)];
  const { address } = caller;
  const request = madeRequest({ method: 'POST', url: base + endpoint, headers, address, body: Buffer.from(body) });
  readTarget(request);
  return request;
}

async function answerLine(exchange: Exchange, facts: BatchFacts, ports: Ports): Promise<Refusal | null> {
  const { applicationId, caller } = facts;
  const known = await callerNow(applicationId, caller.keyId, ports);
  if (known instanceof Refusal) return known;
  exchange.caller = known;
  exchange.scopes = caller.scopes;
  exchange.subject = caller.subject;
  await locate(exchange, ports);
  return walkAgain(exchange, ports, wasDecided);
}

/** Makes one call of a batch as if its sender made it now: everything that can refuse a call can refuse it, and it is recorded. */
export function runLine(facts: BatchFacts, number: number, body: string, ports: Ports): LineRun {
  const request = requestOf(facts, body);
  const answer = new JobAnswer(request, MAX_ANSWER_BYTES, () =>
    endByGateway(exchange, refusal('answer_too_large'), ports),
  );
  const exchange = new Exchange(lineId(facts.id, number), performance.now(), request, answer, false);
  exchange.clients = ports.clients;
  readRequestHeaders(exchange);
  const late = setTimeout(() => {
    const message = 'The call took longer than a batch lets it.';
    endByGateway(exchange, refusal('job_interrupted', { message }), ports);
  }, MAX_RUN_MS).unref();
  const run = async (): Promise<LineResult | NotYet> => {
    const refused = await answerLine(exchange, facts, ports).catch((error: unknown) => {
      endByBug(exchange, error, ports);
      return null;
    });
    if (refused !== null && NOBODY.has(refused.code)) {
      return { kind: 'unmade', code: refused.code, message: refused.message };
    }
    if (refused !== null && passes(refused, exchange)) {
      return { kind: 'later', afterMs: (refused.details.retryAfterSeconds ?? 1) * 1000, refusal: refused };
    }
    if (refused !== null) refuse(exchange, refused, ports);
    const { status, body: bytes, broken } = await answer.done;
    if (broken) return { kind: 'unmade', code: exchange.code ?? 'upstream_cut', message: 'The answer broke off.' };
    return { kind: 'answered', status, body: bytes.toString('utf8') };
  };
  return { exchange, end: run().finally(() => clearTimeout(late)) };
}
