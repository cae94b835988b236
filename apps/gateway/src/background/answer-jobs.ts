import { isId } from '@parley/kernel/id';
import { openBuffer } from '@parley/kernel/seal';
import { editObject } from '@parley/llm/json-edit';
import { isObject } from '@parley/llm/object';
import type { Exchange } from '../exchange.ts';
import { type KeptAnswer, readAnswer } from '../policies/idempotency/kept-answer.ts';
import type { Ports } from '../ports/ports.ts';
import { Refusal, refusal } from '../refusals.ts';
import { answerStream } from '../resumable/answer-stream.ts';
import { isOwnStream } from '../resumable/resume-stream.ts';
import { replyWith } from '../stages/reply.ts';
import { settle } from '../stages/settle.ts';
import { addOwnHeaders } from '../wire/response-headers.ts';
import { hasEnded, type JobView, jobPurpose } from './job.ts';
import type { JobAddress } from './job-address.ts';
import { askAgainSeconds, jobIdOf, jobObject, responseIdOf, responseOf } from './job-object.ts';

const RETRY_SECONDS = 2;
const PAGE = 50;

type Outcome = Refusal | null;

/** Answers what is asked of jobs: to the application whose calls they are, and to nobody else. */
export function answerJobs(exchange: Exchange, ports: Ports): Promise<Outcome> {
  const { jobAddress } = exchange;
  if (jobAddress === null) return Promise.resolve(refusal('internal'));
  const asked = jobAddress.action === 'list' ? list(exchange, ports) : one(exchange, ports, jobAddress);
  return asked.catch((error: unknown) => {
    ports.log.warn('jobs cannot be looked up', { error });
    return refusal('queue_unavailable', { retryAfterSeconds: RETRY_SECONDS });
  });
}

/** Whether the job is the caller's: of its application, of the person its token names, of the API it is asked for at. */
function isOwn({ facts }: JobView, { caller, subject, api }: Exchange): boolean {
  if (facts.applicationId !== caller?.application.id) return false;
  if (api !== null && facts.apiId !== api.id) return false;
  return facts.subject === (subject === caller.key.id ? '' : subject);
}

function send(exchange: Exchange, ports: Ports, body: unknown, headers: readonly string[] = []): null {
  if (!exchange.settled) replyWith(exchange, ports, { status: 200, headers, json: JSON.stringify(body) });
  return null;
}

/** Path the jobs were asked for at. */
function basePath({ path }: Exchange, { id }: { readonly id: string }): string {
  return id === '' ? path : path.slice(0, path.indexOf(`/${id}`));
}

async function list(exchange: Exchange, ports: Ports): Promise<Outcome> {
  const application = exchange.caller?.application;
  if (application === undefined) return refusal('internal');
  const before = new URLSearchParams(exchange.query).get('before');
  if (before !== null && !isId(before)) {
    return refusal('invalid_parameter', { message: '`before` must be the id of a job.', param: 'before' });
  }
  const found = await ports.background.store.list(application.id, before, PAGE);
  const own = found.filter((view) => isOwn(view, exchange));
  const path = basePath(exchange, { id: '' });
  const next = found.length === PAGE ? (found.at(-1)?.facts.id ?? null) : null;
  return send(exchange, ports, { object: 'list', data: own.map((view) => jobObject(view, path)), next_before: next });
}

async function one(exchange: Exchange, ports: Ports, address: JobAddress): Promise<Outcome> {
  const id = address.response ? jobIdOf(address.id) : address.id;
  const stream =
    isId(id) && (address.action === 'resume' || address.response) ? await ports.streams.store.view(id) : null;
  if (stream !== null && isOwnStream(stream, exchange)) return answerStream(exchange, ports, { address, stream });
  if (address.action === 'resume') return refusal('stream_not_found');
  const view = isId(id) ? await ports.background.store.view(id) : null;
  if (view === null || !isOwn(view, exchange) || (address.response && !view.facts.response)) {
    return refusal('job_not_found');
  }
  switch (address.action) {
    case 'cancel':
      return cancel(exchange, ports, { address, view });
    case 'forget':
      return forget(exchange, ports, view);
    case 'result':
      return result(exchange, ports, view);
    default:
      return show(exchange, ports, { address, view });
  }
}

interface Asked {
  readonly address: JobAddress;
  readonly view: JobView;
}

async function show(exchange: Exchange, ports: Ports, { address, view }: Asked): Promise<Outcome> {
  if (address.response) return showResponse(exchange, ports, view);
  const again = askAgainSeconds(view, ports.clock.nowMs());
  const headers = again === null ? [] : ['retry-after', String(again)];
  return send(exchange, ports, jobObject(view, basePath(exchange, address)), headers);
}

async function cancel(exchange: Exchange, ports: Ports, { address, view }: Asked): Promise<Outcome> {
  const { store } = ports.background;
  const before = await store.cancel(view.facts.id);
  if (before === null) return refusal('job_not_found');
  // Who records that it came to nothing is whoever is free first.
  ports.background.look();
  if (hasEnded(before) && !address.response && exchange.method === 'DELETE') return forget(exchange, ports, view);
  const now = (await store.view(view.facts.id)) ?? view;
  return show(exchange, ports, { address, view: now });
}

async function forget(exchange: Exchange, ports: Ports, { facts }: JobView): Promise<Outcome> {
  const { store } = ports.background;
  if (!(await store.forget(facts.id))) {
    return refusal('job_not_finished', { message: 'A job that has not ended is cancelled first.' });
  }
  const id = facts.response ? responseIdOf(facts.id) : facts.id;
  return send(exchange, ports, { id, object: facts.response ? 'response' : 'job', deleted: true });
}

/** The kept answer, opened; `null` when there is none. */
async function kept({ facts }: JobView, ports: Ports): Promise<KeptAnswer | Refusal | null> {
  const sealed = await ports.background.store.answer(facts.id);
  if (sealed === null || sealed.length === 0) return null;
  const tenant = await ports.snapshot.tenantById(facts.tenantId);
  const dataKey = typeof tenant === 'string' ? null : tenant.dataKey;
  if (dataKey === null) return refusal('configuration_unavailable', { retryAfterSeconds: RETRY_SECONDS });
  return readAnswer(openBuffer(dataKey, sealed, jobPurpose('answer', facts.id)));
}

/** The very answer: its status, headers and body. */
async function result(exchange: Exchange, ports: Ports, view: JobView): Promise<Outcome> {
  if (!hasEnded(view.state)) {
    const retryAfterSeconds = askAgainSeconds(view, ports.clock.nowMs()) ?? 1;
    return refusal('job_not_finished', { retryAfterSeconds });
  }
  const answer = await kept(view, ports);
  if (answer instanceof Refusal) return answer;
  if (answer === null) {
    return refusal('job_not_finished', { message: `The job was ${view.state} and has no result.` });
  }
  if (exchange.settled) return null;
  const { body } = answer;
  const headers = [...answer.headers, 'content-length', String(body.length), 'x-parley-job', view.facts.id];
  addOwnHeaders(exchange, headers, ports.life.draining);
  exchange.status = answer.status;
  exchange.replyHeaders = headers;
  exchange.replyBody = exchange.method === 'HEAD' ? null : body;
  exchange.responseBytes = body.length;
  settle(exchange, ports);
  return null;
}

/** The response of OpenAI's API as it stands. */
async function showResponse(exchange: Exchange, ports: Ports, view: JobView): Promise<Outcome> {
  const answer = view.state === 'succeeded' || view.state === 'failed' ? await kept(view, ports) : null;
  if (answer instanceof Refusal) return answer;
  const text = answer?.body.toString('utf8') ?? '';
  if (view.state === 'succeeded' && answer !== null) {
    const value = (member: unknown): string => JSON.stringify(member);
    const json = editObject(text, [
      { key: 'id', value: value(responseIdOf(view.facts.id)), add: true },
      { key: 'background', value: 'true', add: true },
      { key: 'store', value: 'true', add: true },
    ]);
    if (!exchange.settled) replyWith(exchange, ports, { status: 200, headers: [], json });
    return null;
  }
  return send(exchange, ports, responseOf(view, errorOf(view, text)));
}

function errorOf({ state, code }: JobView, text: string): { code: string; message: string } | null {
  if (state === 'expired') return { code: 'job_expired', message: refusal('job_expired').message };
  if (state !== 'failed') return null;
  let message = refusal('job_interrupted').message;
  try {
    const told: unknown = JSON.parse(text);
    const error = isObject(told) && isObject(told.error) ? told.error : {};
    if (typeof error.message === 'string') message = error.message;
  } catch {
    // An answer that is no JSON says nothing more than its code.
  }
  return { code: code ?? 'server_error', message };
}
