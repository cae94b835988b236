import { FAILURES, type Failure, type FailureKind, WireError } from '../../failure.ts';

/** An exception as Bedrock reports it: its type in a header, its message in the body. */
export class AwsError extends WireError {
  readonly status: number;
  readonly type: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, type: string, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.type = type;
    this.headers = { 'x-amzn-errortype': `${type}:http://internal.amazon.com/coral/com.amazon.bedrock/`, ...headers };
  }

  get body(): object {
    return { message: this.message };
  }
}

export const invalid = (message: string): AwsError => new AwsError(400, 'ValidationException', message);

/** What the model behind Bedrock refuses, as Bedrock passes it on. */
export const refusedByModel = (message: string): AwsError =>
  invalid(`The model returned the following errors: ${message}`);

const WORDS: Partial<Record<FailureKind, { status?: number; type: string; message?: string }>> = {
  unparsable: { type: 'SerializationException', message: 'The request body is not JSON.' },
  no_key: { status: 403, type: 'MissingAuthenticationTokenException', message: 'Missing Authentication Token' },
  bad_key: {
    status: 403,
    type: 'UnrecognizedClientException',
    message: 'The security token included in the request is invalid.',
  },
  unknown_path: { type: 'UnknownOperationException' },
  wrong_method: { type: 'UnknownOperationException' },
  too_large: { type: 'RequestEntityTooLargeException' },
  rate_limit: {
    type: 'ThrottlingException',
    message: 'Too many requests, please wait before trying again.',
  },
  quota: {
    status: 400,
    type: 'ServiceQuotaExceededException',
    message: 'Your request exceeds the service quota for your account. You can resubmit your request later.',
  },
  server: {
    type: 'InternalServerException',
    message: 'The system encountered an unexpected error during processing. Try your request again.',
  },
  unavailable: { type: 'ServiceUnavailableException', message: 'Bedrock is unable to process your request.' },
};

/** A failure in the words of AWS. */
export function awsError(failure: Failure): AwsError {
  const { status, type, message = 'Invalid request.' } = WORDS[failure.kind] ?? { type: 'ValidationException' };
  const text = failure.message || `${message} [simulated by Parley]`;
  if (failure.kind === 'unknown_model') return invalid('The provided model identifier is invalid.');
  return new AwsError(status ?? FAILURES[failure.kind].status, type, text, failure.headers);
}
