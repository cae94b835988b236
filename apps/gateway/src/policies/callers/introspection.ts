import { hash } from 'node:crypto';
import type { IntrospectionMethod } from '@parley/contracts/policies/callers/introspection';
import type { Ports } from '../../ports/ports.ts';
import { Failure } from '../../ports/tokens/failure.ts';
import type { Verdict } from '../../ports/tokens/jwt-verifier.ts';
import { refusal } from '../../refusals.ts';
import type { CompiledUpstream } from '../../snapshot/compiled.ts';
import { clientRules, findClient } from './client.ts';
import type { Finding, Method } from './method.ts';

/** Parley's own keys are nobody else's to judge. */
const OWN_PREFIX = 'pk_';

const unavailable = () => refusal('issuer_unavailable', { retryAfterSeconds: 5 });

/** Tokens that a foreign issuer is asked about. `issuer` is its upstream; without one every token is refused. */
export function introspectionMethod(
  method: IntrospectionMethod,
  issuer: CompiledUpstream | null,
  tenantId: string,
): Method {
  const rules = clientRules(tenantId, method.issuer, method);
  const url = issuer === null || issuer.broken ? null : `${issuer.origin}${issuer.basePath}${method.path}`;
  const at = { url: url ?? '', header: issuer?.authHeaders ?? [] };
  // The publisher is part of the name: what an issuer said to one of them is told to no other.
  const name = hash('sha256', JSON.stringify([tenantId, issuer?.id, url, at.header, method]));
  const prefix = method.prefix ?? '';

  function take(verdict: Verdict, ports: Ports): Finding | Promise<Finding> {
    if (verdict === 'unavailable') return unavailable();
    return verdict instanceof Failure ? verdict : findClient(verdict, rules, ports);
  }

  return {
    scheme: 'Bearer',
    parameters: [],
    headers: [],
    query: [],
    find(exchange, ports) {
      const token = exchange.keyText;
      if (token === null || token === '' || token.startsWith(OWN_PREFIX) || !token.startsWith(prefix)) return null;
      if (url === null) return unavailable();
      const verdict = ports.tokens.introspector(name, method).verify(token, at);
      return verdict instanceof Promise ? verdict.then((late) => take(late, ports)) : take(verdict, ports);
    },
  };
}
