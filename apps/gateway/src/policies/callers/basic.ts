import type { Exchange } from '../../exchange.ts';
import type { Caller } from '../../ports/keys/keys.ts';
import type { Ports } from '../../ports/ports.ts';
import { Failure } from '../../ports/tokens/failure.ts';
import { Refusal } from '../../refusals.ts';
import { readBasic } from '../../wire/basic-credentials.ts';
import type { Finding, Method } from './method.ts';

/** One answer for a wrong user and a wrong password. */
const WRONG = new Failure('User and password are not those of a live key');
const NONE: readonly string[] = [];

function judge(user: string, found: Caller | Refusal): Finding {
  if (found instanceof Refusal) return found.status === 401 ? WRONG : found;
  const { application, key } = found;
  if (user !== key.id && user !== application.doc.slug) return WRONG;
  return { caller: found, scopes: key.scopes ?? NONE, subject: key.id };
}

function find(exchange: Exchange, ports: Ports): Finding | Promise<Finding> {
  const pair = readBasic(exchange.request.headers.authorization);
  if (pair === null) return null;
  const [user, password] = pair;
  const found = ports.keys.find(password);
  return found instanceof Promise ? found.then((late) => judge(user, late)) : judge(user, found);
}

/** Basic authentication (RFC 7617): an API key as password, its id or its application's short name as user. */
export const BASIC_METHOD: Method = { scheme: 'Basic', parameters: ['charset="UTF-8"'], headers: [], query: [], find };
