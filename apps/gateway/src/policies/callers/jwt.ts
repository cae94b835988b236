import type { JwtMethod } from '@parley/contracts/policies/callers/jwt';
import type { Ports } from '../../ports/ports.ts';
import { Failure } from '../../ports/tokens/failure.ts';
import type { Verdict } from '../../ports/tokens/jwt-verifier.ts';
import { refusal } from '../../refusals.ts';
import { clientRules, findClient } from './client.ts';
import type { Finding, Method } from './method.ts';

/** A token as it looks before anything is known of it: three parts between dots. */
const TOKEN = /^[\w-]+\.[\w-]+\.[\w-]*$/;

/** Tokens signed by a foreign issuer. */
export function jwtMethod(method: JwtMethod, tenantId: string): Method {
  const name = JSON.stringify(method);
  const rules = clientRules(tenantId, method.issuer, method);

  function take(verdict: Verdict, ports: Ports): Finding | Promise<Finding> {
    if (verdict === 'unavailable') return refusal('issuer_unavailable', { retryAfterSeconds: 5 });
    return verdict instanceof Failure ? verdict : findClient(verdict, rules, ports);
  }

  return {
    scheme: 'Bearer',
    parameters: [],
    headers: [],
    query: [],
    find(exchange, ports) {
      const token = exchange.keyText;
      if (token === null || !TOKEN.test(token)) return null;
      const verdict = ports.tokens.jwt(name, method).verify(token);
      return verdict instanceof Promise ? verdict.then((late) => take(late, ports)) : take(verdict, ports);
    },
  };
}
