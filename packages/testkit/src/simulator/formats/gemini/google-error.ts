import type { Exchange } from '../../exchange.ts';
import type { Failure, FailureKind } from '../../failure.ts';
import { WireError } from '../../failure.ts';
import type { Violation } from './proto-json.ts';

const RPC = 'type.googleapis.com/google.rpc';

/** `google.rpc.Code` names by HTTP status (AIP-193). */
const STATUS_NAMES: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  405: 'UNIMPLEMENTED',
  413: 'INVALID_ARGUMENT',
  429: 'RESOURCE_EXHAUSTED',
  500: 'INTERNAL',
  503: 'UNAVAILABLE',
};

/** An error as Google's APIs report it: `{error: {code, message, status, details}}` (AIP-193). */
export class GoogleError extends WireError {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly details: readonly object[];

  /** In an array, as calls that would have streamed one are answered. */
  readonly listed: boolean;

  constructor(status: number, message: string, details: readonly object[] = [], listed = false) {
    super(message);
    this.listed = listed;
    this.status = status;
    this.headers = {};
    this.details = details;
  }

  get body(): object {
    const body = {
      error: {
        code: this.status,
        message: this.message,
        status: STATUS_NAMES[this.status] ?? 'UNKNOWN',
        ...(this.details.length > 0 ? { details: this.details } : {}),
      },
    };
    return this.listed ? [body] : body;
  }
}

/** 400 for a body that does not fit, all violations at once. */
export function badRequest(violations: readonly Violation[]): GoogleError {
  return new GoogleError(400, violations.map(({ description }) => description).join('\n'), [
    { '@type': `${RPC}.BadRequest`, fieldViolations: violations },
  ]);
}

/** 400 in the words of the API behind the front end: `* GenerateContentRequest.contents: …`. */
export function invalidField(field: string, why: string): GoogleError {
  return new GoogleError(400, `* GenerateContentRequest.${field}: ${why}\n`);
}

interface Wording {
  readonly status: number;
  readonly message: string;
  details?(failure: Failure): object[];
}

const retryInfo = (failure: Failure): object[] => [
  { '@type': `${RPC}.RetryInfo`, retryDelay: `${failure.headers['retry-after'] ?? '1'}s` },
];
const reason = (name: string) => (): object[] => [
  {
    '@type': `${RPC}.ErrorInfo`,
    reason: name,
    domain: 'googleapis.com',
    metadata: { service: 'generativelanguage.googleapis.com' },
  },
];

const OVER_QUOTA =
  'You exceeded your current quota, please check your plan and billing details. For more information on this error, head to: https://ai.google.dev/gemini-api/docs/rate-limits.';

const WORDINGS: Readonly<Record<FailureKind, Wording>> = {
  invalid: { status: 400, message: 'Request contains an invalid argument.' },
  unparsable: { status: 400, message: 'Invalid JSON payload received. Expected a value.' },
  no_key: {
    status: 403,
    message:
      "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other form of API consumer identity to call this API.",
  },
  bad_key: {
    status: 400,
    message: 'API key not valid. Please pass a valid API key.',
    details: reason('API_KEY_INVALID'),
  },
  unknown_model: {
    status: 404,
    message: 'The model is not found for API version v1beta, or is not supported for generateContent.',
  },
  unknown_path: { status: 404, message: 'The requested URL was not found on this server.' },
  wrong_method: { status: 404, message: 'The requested URL was not found on this server.' },
  too_large: { status: 413, message: 'Request payload size exceeds the limit: 20971520 bytes.' },
  rate_limit: { status: 429, message: 'Resource has been exhausted (e.g. check quota).', details: retryInfo },
  quota: {
    status: 429,
    message: OVER_QUOTA,
    details: () => [
      {
        '@type': `${RPC}.QuotaFailure`,
        violations: [
          {
            quotaMetric: 'generativelanguage.googleapis.com/generate_content_free_tier_requests',
            quotaId: 'GenerateRequestsPerDayPerProjectPerModel-FreeTier',
          },
        ],
      },
    ],
  },
  server: { status: 500, message: 'An internal error has occurred. Please retry or report in the simulator.' },
  unavailable: { status: 503, message: 'The model is overloaded. Please try again later.' },
  overloaded: { status: 503, message: 'The model is overloaded. Please try again later.' },
};

/** True for a call whose answer would be a JSON array: a stream without `alt=sse`. */
export function answersArray(url: string): boolean {
  return url.includes(':streamGenerateContent') && !/[?&]alt=sse(&|$)/.test(url);
}

/** A failure in Google's words; the wait is told in `RetryInfo`, there is no Retry-After. */
export function googleError(failure: Failure, exchange: Exchange): GoogleError {
  const { status, message, details } = WORDINGS[failure.kind];
  const said = failure.message || `${message} [simulated by Parley]`;
  return new GoogleError(status, said, details?.(failure), answersArray(exchange.request.url ?? ''));
}
