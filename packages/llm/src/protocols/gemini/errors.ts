import type { ClientError } from '../../codec.ts';
import type { FailureKind, ProviderError } from '../../neutral/answer.ts';
import { failureKind, readFailureKind } from '../../neutral/failure.ts';
import { isObject, parseJson } from '../../object.ts';

/** Google's word for a status (google.rpc.Code, as its APIs put them into HTTP). */
const STATUS_WORDS: Readonly<Record<number, string>> = {
  401: 'UNAUTHENTICATED',
  402: 'FAILED_PRECONDITION',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  408: 'DEADLINE_EXCEEDED',
  409: 'ABORTED',
  429: 'RESOURCE_EXHAUSTED',
  499: 'CANCELLED',
  500: 'INTERNAL',
  501: 'UNIMPLEMENTED',
  502: 'UNAVAILABLE',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
};

/** Members as a map of texts, which is all that `ErrorInfo.metadata` may be; what is not known is left out. */
function texts(more: ClientError['more'] = {}): Record<string, string> {
  return Object.fromEntries(
    Object.entries(more).flatMap(([name, value]) => (value === null ? [] : [[name, String(value)]])),
  );
}

/** Body of an error as Google's APIs write it (AIP-193). */
export function errorBody(error: ClientError): string {
  const { status, message, code, type, requestId, docUrl, retryAfterSeconds } = error;
  const details: unknown[] = [];
  if (code !== null) {
    const metadata = { requestId, ...(error.param === null ? {} : { field: error.param }), ...texts(error.more) };
    details.push({ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: code, domain: 'parley', metadata });
  }
  if (docUrl !== null) {
    const links = [{ description: 'What this means and what to do', url: docUrl }];
    details.push({ '@type': 'type.googleapis.com/google.rpc.Help', links });
  }
  if (retryAfterSeconds !== null) {
    details.push({ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: `${retryAfterSeconds}s` });
  }
  const word = type ?? STATUS_WORDS[status] ?? (status >= 500 ? 'INTERNAL' : 'INVALID_ARGUMENT');
  return JSON.stringify({ error: { code: status, message, status: word, details } });
}

const KIND_BY_WORD: Readonly<Record<string, FailureKind>> = {
  UNAUTHENTICATED: 'authentication',
  PERMISSION_DENIED: 'permission',
  NOT_FOUND: 'not_found',
  RESOURCE_EXHAUSTED: 'rate_limit',
  UNAVAILABLE: 'overloaded',
  DEADLINE_EXCEEDED: 'timeout',
  INTERNAL: 'server',
};

/** A key that is wrong is told with 400, and no credit left with the words of every other limit. */
const BAD_KEY = /API[ _]key (?:not valid|expired|invalid)|API_KEY_(?:INVALID|EXPIRED)/i;
const NO_CREDIT =
  /credits? (?:are|is) depleted|prepay|billing (?:account|is not enabled|to be enabled)|enable billing/i;

function kindOf(status: number, word: string | null, message: string, reasons: string): FailureKind {
  if (BAD_KEY.test(message) || BAD_KEY.test(reasons)) return 'authentication';
  if (NO_CREDIT.test(message)) return 'quota';
  if (word === 'RESOURCE_EXHAUSTED' || status === 429) return 'rate_limit';
  const read = readFailureKind(status, word, null, message);
  return read === 'invalid_request' || read === failureKind(status) ? (KIND_BY_WORD[word ?? ''] ?? read) : read;
}

/** Reads the error in a parsed body; `null` when there is none. Streams in array form put it into an array. */
export function errorIn(body: unknown, status: number): ProviderError | null {
  const holder: unknown = Array.isArray(body) ? body[0] : body;
  if (!isObject(holder) || holder.error === undefined || holder.error === null) return null;
  const { error } = holder;
  const given = isObject(error) ? error : { message: error };
  const message =
    typeof given.message === 'string' ? given.message.slice(0, 2000) : 'The provider refused the request.';
  const word = typeof given.status === 'string' ? given.status.slice(0, 100) : null;
  const code = typeof given.code === 'number' && given.code >= 400 && given.code < 600 ? given.code : status;
  const said = code >= 400 ? code : 502;
  const reasons: string[] = [];
  let retryAfterSeconds: number | undefined;
  if (Array.isArray(given.details)) {
    for (const detail of given.details.slice(0, 20)) {
      if (!isObject(detail)) continue;
      if (typeof detail.reason === 'string') reasons.push(detail.reason);
      const delay = typeof detail.retryDelay === 'string' ? Number.parseFloat(detail.retryDelay) : Number.NaN;
      if (Number.isFinite(delay) && delay > 0) retryAfterSeconds = Math.ceil(delay);
    }
  }
  return {
    kind: kindOf(said, word, message, reasons.join(' ')),
    status: said,
    message,
    type: word,
    code: null,
    param: null,
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  };
}

/** Reads the body of an answer that is no 2xx. */
export function readError(text: string, status: number): ProviderError | null {
  return errorIn(parseJson(text), status);
}
