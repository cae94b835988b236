import type { ApiKeyMethod } from '@parley/contracts/policies/callers';
import type { Exchange } from '../../exchange.ts';
import type { Caller } from '../../ports/keys/keys.ts';
import { Failure } from '../../ports/tokens/failure.ts';
import { Refusal } from '../../refusals.ts';
import type { Finding, Method } from './method.ts';

const PREFIX = 'pk_';
const NONE: readonly string[] = [];

/** Says a key's refusal in the words of a challenge; what is no matter of the key ends the call as it is. */
function told(found: Caller | Refusal): Finding {
  if (!(found instanceof Refusal)) return { caller: found, scopes: found.key.scopes ?? NONE, subject: found.key.id };
  return found.status === 401 ? new Failure(found.message.replace(/["\\]/g, '').replace(/\.$/, '')) : found;
}

/** Parley's own keys: `Authorization: Bearer`, `x-api-key`, and where the policy says so a header or query parameter. */
export function apiKeyMethod({ header, query }: ApiKeyMethod): Method {
  function textOf(exchange: Exchange): string | null {
    const { keyText } = exchange;
    if (keyText?.startsWith(PREFIX)) return keyText;
    const { headers } = exchange.request;
    for (const name of header === undefined ? ['x-api-key'] : ['x-api-key', header]) {
      const value = headers[name];
      if (typeof value === 'string' && value !== '') return value.trim();
    }
    return query === undefined ? null : new URLSearchParams(exchange.query).get(query);
  }

  return {
    scheme: 'Bearer',
    parameters: header === undefined ? [] : [`header="${header}"`],
    headers: header === undefined ? [] : [header],
    query: query === undefined ? [] : [query],
    find(exchange, ports) {
      const text = textOf(exchange);
      if (text === null || text === '') return null;
      const found = ports.keys.find(text);
      return found instanceof Promise ? found.then(told) : told(found);
    },
  };
}
