import { FAILURES, type Failure, type FailureKind, WireError } from '../../failure.ts';

/** Error types by status (Anthropic API reference, Errors). */
const TYPES: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  405: 'invalid_request_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  500: 'api_error',
  503: 'api_error',
  529: 'overloaded_error',
};

/** An error as the Anthropic API reports it: `{type: 'error', error: {type, message}, request_id}`. */
export class AnthropicError extends WireError {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.headers = headers;
  }

  get body(): object {
    const type = TYPES[this.status] ?? 'api_error';
    return { type: 'error', error: { type, message: this.message }, request_id: this.requestId };
  }
}

export const invalid = (message: string): AnthropicError => new AnthropicError(400, message);

/** What Anthropic says and answers where it differs from most providers. */
const WORDS: Partial<Record<FailureKind, { status?: number; message?: string }>> = {
  unparsable: { message: 'The request body is not valid JSON.' },
  no_key: { message: 'x-api-key header is required' },
  bad_key: { message: 'invalid x-api-key' },
  rate_limit: { message: 'This request would exceed your organization’s rate limit. Please try again later.' },
  quota: {
    status: 400,
    message: 'Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade.',
  },
  server: { message: 'Internal server error' },
  unavailable: { message: 'Service unavailable' },
  overloaded: { message: 'Overloaded' },
};

/** A failure in Anthropic's words. */
export function anthropicError({ kind, message: given, subject, headers }: Failure): AnthropicError {
  const { status = FAILURES[kind].status, message = 'Invalid request.' } = WORDS[kind] ?? {};
  const usual = subject === null ? `${message} [simulated by Parley]` : `model: ${subject}`;
  return new AnthropicError(status, subject === null && given !== '' ? given : usual, headers);
}
