import { type Failure, type FailureKind, WireError } from '../../failure.ts';
import { openaiError } from '../openai/api-error.ts';

/** An error of Azure's own front end: `{error: {code, message}}`, the code a status or a word. */
export class AzureError extends WireError {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly error: { readonly message: string; readonly [field: string]: unknown };

  constructor(
    status: number,
    error: { readonly message: string; readonly [field: string]: unknown },
    headers: Record<string, string> = {},
  ) {
    super(error.message);
    this.status = status;
    this.error = error;
    this.headers = headers;
  }

  get body(): object {
    return { error: this.error };
  }
}

const BAD_KEY =
  'Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key for an active subscription and use a correct regional API endpoint for your resource.';

interface Wording {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

const WORDS: Partial<Record<FailureKind, Wording>> = {
  no_key: { status: 401, code: '401', message: BAD_KEY },
  bad_key: { status: 401, code: '401', message: BAD_KEY },
  unknown_path: { status: 404, code: '404', message: 'Resource not found' },
  wrong_method: { status: 404, code: '404', message: 'Resource not found' },
  unknown_model: {
    status: 404,
    code: 'DeploymentNotFound',
    message:
      'The API deployment for this resource does not exist. If you created the deployment within the last 5 minutes, please wait a moment and try again.',
  },
  rate_limit: {
    status: 429,
    code: '429',
    message:
      'Requests to the ChatCompletions_Create Operation under Azure OpenAI API have exceeded call rate limit of your current OpenAI S0 pricing tier. Please retry later.',
  },
};

/** A failure as Azure says it: in words of its own at the door, in OpenAI's behind it. */
export function azureError(failure: Failure): WireError {
  const wording = WORDS[failure.kind];
  if (!wording) return openaiError(failure);
  const wait = failure.headers['retry-after'];
  const headers = wait === undefined ? {} : { 'retry-after': wait, 'retry-after-ms': String(Number(wait) * 1000) };
  const { status, code, message } = wording;
  return new AzureError(status, { code, message: `${message} [simulated by Parley]` }, headers);
}
