import type { FailureKind, ProviderError } from '../../neutral/answer.ts';
import { readFailureKind } from '../../neutral/failure.ts';
import { isObject, parseJson, textOf } from '../../object.ts';

/** Longest message of the provider that is handed on. */
const MAX_MESSAGE_CHARS = 2000;

/** Exceptions in the middle of a stream, and the statuses they stand for. */
const STATUS: Readonly<Record<string, number>> = {
  internalserverexception: 500,
  modelstreamerrorexception: 502,
  modelerrorexception: 502,
  modeltimeoutexception: 504,
  modelnotreadyexception: 503,
  servicequotaexceededexception: 429,
  serviceunavailableexception: 503,
  throttlingexception: 429,
  validationexception: 400,
  accessdeniedexception: 403,
  resourcenotfoundexception: 404,
};

/** What AWS says of a signature or key it does not take: a 403, like a permission that is missing. */
const BAD_CREDENTIALS = /(?:security|authentication) token|signature|credential|access key|api key/i;

/** A quota of the account is refused with 400, and its name is in a header only. */
const OVER_QUOTA = /\bquotas?\b.*\bexceed|\bexceed.*\bquotas?\b/i;

function kindOf(status: number, type: string | null, message: string): FailureKind {
  if (status === 403 && BAD_CREDENTIALS.test(message)) return 'authentication';
  if (status === 400 && OVER_QUOTA.test(message)) return 'quota';
  return readFailureKind(status, type, null, message);
}

/** An exception by its name, as a stream has it. */
export function exceptionError(name: string, payload: unknown): ProviderError {
  const key = name.toLowerCase();
  const status = Object.hasOwn(STATUS, key) ? (STATUS[key] as number) : 502;
  const body = isObject(payload) ? payload : {};
  const given = textOf(body.message) ?? textOf(body.Message) ?? 'The provider broke off with an error.';
  const message = given.slice(0, MAX_MESSAGE_CHARS);
  return { kind: kindOf(status, name, message), status, message, type: name, code: null, param: null };
}

/** Reads the body of an answer that is no 2xx; `null` when it holds no error of this protocol. */
export function readError(text: string, status: number): ProviderError | null {
  const body = parseJson(text);
  if (!isObject(body)) return null;
  const given = textOf(body.message) ?? textOf(body.Message);
  if (given === undefined) return null;
  const type = textOf(body.__type)?.split('#').at(-1) ?? null;
  const message = given.slice(0, MAX_MESSAGE_CHARS);
  return { kind: kindOf(status, type, message), status, message, type, code: null, param: null };
}
