import type { ZodError } from 'zod';
import { FAILURES, type Failure, type FailureKind, WireError } from '../../failure.ts';

/** An error as Cohere reports it: `{id, message}`. */
export class CohereError extends WireError {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.headers = headers;
  }

  get body(): object {
    return { id: this.requestId, message: this.message };
  }
}

export const invalid = (message: string): CohereError => new CohereError(400, `invalid request: ${message}`);

const WORDS: Partial<Record<FailureKind, { status?: number; message: string }>> = {
  unparsable: { message: 'failed to unmarshal the request body: the body is not JSON' },
  no_key: { message: 'no api key supplied' },
  bad_key: { message: 'invalid api token' },
  rate_limit: { message: 'too many requests, please wait and try again' },
  quota: { status: 402, message: 'please add or update your payment method to continue' },
  server: { message: 'internal server error' },
  unavailable: { message: 'the service is unavailable, please try again' },
};

/** A failure in Cohere's words. */
export function cohereError({ kind, message, subject, headers }: Failure): CohereError {
  const { status = FAILURES[kind].status, message: usual = 'invalid request' } = WORDS[kind] ?? {};
  if (kind === 'unknown_model') {
    return new CohereError(
      404,
      `model '${subject ?? ''}' not found, make sure the correct model ID was used and that you have access to the model.`,
    );
  }
  return new CohereError(status, message || `${usual} [simulated by Parley]`, headers);
}

const TYPES: Readonly<Record<string, string>> = { record: 'object', int: 'integer', array: 'list' };

function typeOf(value: unknown): string {
  if (Array.isArray(value)) return 'list';
  return value === null ? 'null' : typeof value;
}

/** The first thing wrong with a body's shape, as Cohere words it, status 422. */
export function invalidShape(error: ZodError, body: unknown): CohereError {
  const issue = error.issues[0];
  const path = issue?.path ?? [];
  const place = path.map(String).join('.');
  if (issue?.code === 'unrecognized_keys') {
    const name = [...path, issue.keys[0] ?? ''].map(String).join('.');
    return new CohereError(422, `unknown field: parameter '${name}' is not a valid field`);
  }
  const given = path.reduce<unknown>(
    (value, part) =>
      typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[part] : undefined,
    body,
  );
  if (given === undefined) return invalid(`${place} is required`);
  if (issue?.code === 'invalid_type') {
    const expected = TYPES[issue.expected] ?? issue.expected;
    return new CohereError(
      422,
      `invalid type: parameter ${place} is of type ${typeOf(given)} but should be of type ${expected}`,
    );
  }
  if (issue?.code === 'invalid_value') return invalid(`${place} must be one of ${issue.values.join(', ')}`);
  if (issue?.code === 'too_small') return invalid(`${place} must be at least ${issue.minimum}`);
  if (issue?.code === 'too_big') return invalid(`${place} must be at most ${issue.maximum}`);
  return invalid(`${place}: ${issue?.message ?? 'not valid'}`);
}
