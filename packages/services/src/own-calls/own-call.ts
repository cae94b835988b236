import { OWN_CALL_PATH, type OwnCall, type OwnCallReply, ownCallReplySchema } from '@parley/contracts/own-call';
import { Fault, type FaultCode } from '@parley/kernel/fault';
import { askGateway } from '../api-versions/ask-gateway.ts';
import type { ServiceSettings } from '../context.ts';

/** A call of an application at the gateway's own addresses; a form where `form` is given, else JSON. */
export interface OwnQuestion extends Pick<OwnCall, 'applicationId' | 'keyId' | 'method' | 'path'> {
  readonly json?: object;
  readonly form?: Readonly<Record<string, string>>;
}

const CODES: Readonly<Record<number, FaultCode>> = {
  400: 'invalid_input',
  401: 'invalid_state',
  403: 'forbidden',
  404: 'not_found',
  409: 'invalid_state',
  412: 'conflict',
  413: 'invalid_input',
  429: 'limit_reached',
};

/**
 * Has a gateway do what an application could do there with its key. The verb has seen that application and key are the
 * tenant's own. Answers what the gateway said, refusals too; throws a `Fault` where no gateway answers.
 */
export function askOwnCall(settings: ServiceSettings, question: OwnQuestion): Promise<OwnCallReply> {
  const { json, form, ...call } = question;
  const body = form ? new URLSearchParams({ ...form }).toString() : json ? JSON.stringify(json) : '';
  const contentType = form ? 'application/x-www-form-urlencoded' : 'application/json';
  const asked = { ...call, contentType, body } satisfies OwnCall;
  return askGateway(settings, { path: OWN_CALL_PATH, asked, reply: ownCallReplySchema });
}

/** The answer as JSON; throws a `Fault` for whatever is no success. */
export function answeredOwnCall(reply: OwnCallReply): unknown {
  if (reply.refused === null && reply.status < 300) return reply.body === '' ? null : JSON.parse(reply.body);
  throw faultOf(reply);
}

/** `askOwnCall` where nothing but success will do. */
export async function makeOwnCall(settings: ServiceSettings, question: OwnQuestion): Promise<unknown> {
  return answeredOwnCall(await askOwnCall(settings, question));
}

function faultOf({ status, body, refused }: OwnCallReply): Fault {
  const code = CODES[status] ?? 'unavailable';
  if (refused === null) return new Fault(code, described(body));
  const issues = refused.errors.map(({ pointer, message }) => ({
    path: pointer.replace(/^\//, '').replaceAll('/', '.'),
    message,
  }));
  return new Fault(code, refused.message, issues);
}

/** The sentence of an error in OAuth's form (RFC 6749 §5.2). */
function described(body: string): string {
  try {
    const { error_description: sentence } = JSON.parse(body) as { error_description?: unknown };
    if (typeof sentence === 'string') return sentence.endsWith('.') ? sentence : `${sentence}.`;
  } catch {
    // Told below.
  }
  return 'The gateway did not do it. Try again in a moment.';
}
