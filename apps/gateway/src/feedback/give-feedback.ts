import { feedbackBodySchema } from '@parley/contracts/feedback';
import { idTimeMs } from '@parley/kernel/id';
import { jsonProblem } from '@parley/llm/protocols/openai-chat/request';
import type { Exchange } from '../exchange.ts';
import { beyondPace } from '../load/own-pace.ts';
import type { Ports } from '../ports/ports.ts';
import { type Refusal, refusal } from '../refusals.ts';
import { replyWith } from '../stages/reply.ts';

const MAX_BODY_BYTES = 16_384;
/** Calls further back cannot be commented on. */
const MAX_AGE_MS = 30 * 86_400_000;
/** Clocks of nodes differ. */
const SKEW_MS = 60_000;

function read(text: string): ReturnType<typeof feedbackBodySchema.safeParse> | Refusal {
  try {
    return feedbackBodySchema.safeParse(JSON.parse(text));
  } catch (error) {
    return refusal('malformed_json', { message: jsonProblem(error) });
  }
}

/**
 * `POST /v1/feedback`: notes what a caller says of an answer it got. Whether the call was its own is found out when the
 * call is stored; what is about another's is dropped, and nobody learns from the answer which it was.
 */
export async function giveFeedback(exchange: Exchange, ports: Ports): Promise<Refusal | null> {
  const application = exchange.caller?.application;
  if (application === undefined) return refusal('internal');
  const body = exchange.body ?? Buffer.alloc(0);
  if (body.length > MAX_BODY_BYTES) {
    return refusal('body_too_large', { message: `Feedback is at most ${MAX_BODY_BYTES} bytes.` });
  }
  const parsed = read(body.toString('utf8'));
  if (!('success' in parsed)) return parsed;
  if (!parsed.success) {
    const errors = parsed.error.issues.map(({ path, message }) => ({ pointer: `/${path.join('/')}`, message }));
    return refusal('invalid_parameter', { message: 'The feedback does not have the right form.', errors });
  }
  const { request_id: requestId, score, comment } = parsed.data;
  const nowMs = ports.clock.nowMs();
  const ageMs = nowMs - idTimeMs(requestId);
  if (requestId[14] !== '7' || ageMs > MAX_AGE_MS || ageMs < -SKEW_MS) {
    const errors = [{ pointer: '/request_id', message: 'This is no x-request-id of the last 30 days.' }];
    return refusal('invalid_parameter', { message: 'The call it is about cannot be known.', errors });
  }
  const beyond = beyondPace(ports, 'feedback', application.id);
  if (beyond !== null) return beyond;
  const payload = {
    requestId,
    consumerTenantId: application.tenantId,
    applicationId: application.id,
    score,
    comment,
    atMs: nowMs,
  };
  try {
    await ports.jobs.enqueue('feedback.store', payload);
  } catch {
    return refusal('queue_unavailable', { retryAfterSeconds: 5 });
  }
  if (!exchange.settled) {
    replyWith(exchange, ports, { status: 202, headers: [], json: JSON.stringify({ request_id: requestId }) });
  }
  return null;
}
