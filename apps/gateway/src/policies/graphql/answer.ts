import type { GraphqlPlan } from '@parley/contracts/graphql-plan';
import { escapeStep, pointerSteps, valueAt } from '@parley/domain/translation/json-pointer';
import { type Refusal, refusal } from '../../refusals.ts';
import type { WholeAnswer } from '../../serving/held-answer.ts';
import { isPlain, jsonAnswer, notOfProtocol } from '../translation/service-answer.ts';

interface GraphqlError {
  readonly message: string;
  /** `extensions.code`, or empty. */
  readonly code: string;
  /** Where in the data, as a JSON pointer. */
  readonly pointer: string;
}

interface Reading {
  readonly plan: GraphqlPlan;
  /** Headers of the call that variables are read from. */
  readonly inputHeaders: readonly string[];
}

const JSON_TYPE = /^application\/(?:graphql-response\+)?json\s*(?:;|$)/i;
const MAX_ERRORS = 20;
const MAX_MESSAGE = 500;
/** Of an answer with errors in some of its fields; ASCII only, as headers are. */
const MAX_NAMED = 5;

/** Turns a GraphQL answer (GraphQL over HTTP) into the endpoint's own, or the refusal that its errors amount to. */
export function readAnswer(
  { plan, inputHeaders }: Reading,
  answer: WholeAnswer,
  report: (errors: readonly GraphqlError[]) => void,
): WholeAnswer | Refusal {
  const { status, headers } = answer;
  const body = parse(answer);
  if (body === null) return notOfProtocol(status, headers);
  const errors = errorsOf(body.errors);
  const { data } = body;
  const value = data == null ? null : (valueAt(data, pointerSteps(plan.result)) ?? null);
  if (errors.length > 0) report(errors);
  if (errors.length > 0 && (isEmpty(value) || plan.partial === 'refuse')) return failed(plan, errors, !isEmpty(value));
  if (data == null) return notOfProtocol(status, headers);
  if (value === null && plan.result !== '' && plan.whenNull === 'notFound') {
    return refusal('service_fault', { status: 404, message: 'There is nothing of this name.' });
  }
  try {
    const made = jsonAnswer(headers, value, inputHeaders);
    if (errors.length === 0) return made;
    const partial = { 'x-parley-partial': namesOf(errors), 'cache-control': 'no-store' };
    return { ...made, headers: { ...made.headers, ...partial } };
  } catch {
    // Nested deeper than can be written again.
    return refusal('answer_unreadable');
  }
}

/** Nothing came of it: null, or data of which every field is null. */
function isEmpty(value: unknown): boolean {
  return value === null || (typeof value === 'object' && Object.values(value).every((one) => one === null));
}

/** The answer as GraphQL has it; `null` when it is something else. */
function parse({ headers, body }: WholeAnswer): { data?: unknown; errors?: unknown } | null {
  if (!isPlain(headers) || !JSON_TYPE.test(headers['content-type'] ?? '')) return null;
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    if (typeof value !== 'object' || value === null) return null;
    return Object.hasOwn(value, 'data') || Object.hasOwn(value, 'errors') ? value : null;
  } catch {
    return null;
  }
}

function errorsOf(given: unknown): GraphqlError[] {
  if (!Array.isArray(given)) return [];
  return (given as unknown[]).slice(0, MAX_ERRORS).map((one) => {
    const { message, path, extensions } = (typeof one === 'object' && one !== null ? one : {}) as Record<
      string,
      unknown
    >;
    const { code } = (typeof extensions === 'object' && extensions !== null ? extensions : {}) as { code?: unknown };
    const steps = Array.isArray(path) ? (path as unknown[]).slice(0, 32) : [];
    return {
      message: typeof message === 'string' ? message.slice(0, MAX_MESSAGE) : 'Something failed.',
      code: typeof code === 'string' ? code : '',
      pointer: steps.map((step) => `/${escapeStep(String(step).slice(0, 100))}`).join(''),
    };
  });
}

/** Of errors about the call the caller reads what the service says; of others only that it failed. */
function failed(plan: GraphqlPlan, errors: readonly GraphqlError[], partly: boolean): Refusal {
  const [first] = partly ? [] : errors.filter(({ code }) => Object.hasOwn(plan.statuses, code));
  const status = first ? (plan.statuses[first.code] ?? 502) : 502;
  if (!first && errors.some(({ code }) => code === 'UNAUTHENTICATED')) return refusal('upstream_credentials');
  if (status >= 500 || !first) return refusal('service_fault', { status });
  return refusal('service_fault', {
    status,
    message: first.message,
    errors: errors.map(({ pointer, message }) => ({ pointer, message })),
  });
}

function namesOf(errors: readonly GraphqlError[]): string {
  const named = errors
    .slice(0, MAX_NAMED)
    .map(({ pointer }) => encodeURI(pointer.toWellFormed()).replaceAll(',', '%2C') || '/');
  return named.join(', ').slice(0, 1000);
}
