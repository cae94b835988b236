import type { ZodError } from 'zod';
import { FAILURES, type Failure, type FailureKind, WireError } from '../../failure.ts';

/** An error as the OpenAI API reports it: `{error: {message, type, param, code}}`. */
export class ApiError extends WireError {
  readonly status: number;
  readonly type: string;
  readonly param: string | null;
  readonly code: string | null;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    message: string,
    rest: { type?: string; param?: string | null; code?: string | null; headers?: Record<string, string> } = {},
  ) {
    super(message);
    this.status = status;
    this.type = rest.type ?? 'invalid_request_error';
    this.param = rest.param ?? null;
    this.code = rest.code ?? null;
    this.headers = rest.headers ?? {};
  }

  get body(): object {
    return { error: { message: this.message, type: this.type, param: this.param, code: this.code } };
  }
}

/** `messages[0].content` from a zod path. */
function paramName(path: readonly PropertyKey[]): string {
  return path.reduce<string>((name, part) => {
    if (typeof part === 'number') return `${name}[${part}]`;
    return name === '' ? String(part) : `${name}.${String(part)}`;
  }, '');
}

type Issue = ZodError['issues'][number];

/** A union says only "invalid input"; the branch that got furthest says what was wrong. */
function deepest(issue: Issue): Issue {
  if (issue.code !== 'invalid_union') return issue;
  const branches = issue.errors.map((issues) => issues[0]).filter((found) => found !== undefined);
  const best = branches.sort((a, b) => b.path.length - a.path.length)[0];
  if (!best || best.path.length === 0) return issue;
  return deepest({ ...best, path: [...issue.path, ...best.path] });
}

const CODES: Partial<Record<Issue['code'], string>> = {
  invalid_type: 'invalid_type',
  invalid_union: 'invalid_type',
  too_small: 'integer_below_min_value',
  too_big: 'integer_above_max_value',
};

/**
 * The first thing wrong with a request body, worded as OpenAI words it, status 400. `where` is the place of `body` when
 * it is a part of the request.
 */
export function invalidRequest(error: ZodError, body: unknown, where: readonly PropertyKey[] = []): ApiError {
  const first = error.issues[0];
  if (!first) return new ApiError(400, 'Invalid request.');
  const issue = deepest(first);
  if (issue.code === 'unrecognized_keys') {
    const param = paramName([...where, ...issue.path, issue.keys[0] ?? '']);
    return new ApiError(400, `Unknown parameter: '${param}'.`, { param, code: 'unknown_parameter' });
  }
  const param = paramName([...where, ...issue.path]);
  const given = issue.path.reduce<unknown>(
    (value, part) => (value as Record<PropertyKey, unknown> | null | undefined)?.[part],
    body,
  );
  if (given === undefined && param !== '') {
    return new ApiError(400, `Missing required parameter: '${param}'.`, { param, code: 'missing_required_parameter' });
  }
  const code = CODES[issue.code] ?? 'invalid_value';
  const what = code === 'invalid_type' ? 'type' : 'value';
  return new ApiError(400, `Invalid ${what} for '${param}': ${issue.message}.`, { param, code });
}

/** How OpenAI says what goes wrong before or instead of an answer. */
const WORDS: Partial<Record<FailureKind, { message?: string; type?: string; code?: string }>> = {
  unparsable: { message: 'We could not parse the JSON body of your request. (The API expects a JSON payload.)' },
  bad_key: { message: 'Incorrect API key provided: sim-****.', code: 'invalid_api_key' },
  unknown_model: { code: 'model_not_found' },
  unknown_path: { code: 'unknown_url' },
  wrong_method: { code: 'method_not_supported' },
  rate_limit: {
    message: 'Rate limit reached for requests. Please try again later.',
    type: 'requests',
    code: 'rate_limit_exceeded',
  },
  quota: { message: 'You exceeded your current quota.', type: 'insufficient_quota', code: 'insufficient_quota' },
  server: { message: 'The server had an error while processing your request.', type: 'server_error' },
  unavailable: { message: 'The engine is currently overloaded, please try again later.', type: 'server_error' },
};

/** A failure in OpenAI's words. */
export function openaiError(failure: Failure): ApiError {
  const { kind, param, headers } = failure;
  const { message = 'Invalid request.', type, code } = WORDS[kind] ?? {};
  return new ApiError(FAILURES[kind].status, failure.message || `${message} [simulated by Parley]`, {
    ...(type ? { type } : {}),
    code: code ?? null,
    param,
    headers: { ...headers },
  });
}
