import type { CallerMethod } from '@parley/contracts/policies/callers';
import { unreachable } from '@parley/kernel/assert';
import type { EndpointSource } from '../../stage.ts';
import { apiKeyMethod } from './api-key.ts';
import { BASIC_METHOD } from './basic.ts';
import { CERTIFICATE_METHOD } from './certificate.ts';
import { hmacMethod } from './hmac/hmac.ts';
import { introspectionMethod } from './introspection.ts';
import { jwtMethod } from './jwt.ts';
import type { Method } from './method.ts';
import { OAUTH2_METHOD } from './oauth2.ts';
import { PARTY_METHOD } from './party.ts';

function methodOf(policy: CallerMethod, { tenantId, upstreams }: EndpointSource): Method {
  switch (policy.kind) {
    case 'apiKey':
      return apiKeyMethod(policy);
    case 'hmac':
      return hmacMethod(policy);
    case 'jwt':
      return jwtMethod(policy, tenantId);
    case 'certificate':
      return CERTIFICATE_METHOD;
    case 'introspection':
      return introspectionMethod(policy, upstreams.get(policy.upstream) ?? null, tenantId);
    case 'basic':
      return BASIC_METHOD;
    case 'oauth2':
      return OAUTH2_METHOD;
    case 'partyToken':
      return PARTY_METHOD;
    default:
      return unreachable(policy);
  }
}

/** The ways to call an endpoint, in order; `null` where its policy names none: API keys. */
export function methodsOf(source: EndpointSource): readonly Method[] | null {
  return source.policies.callers?.methods?.map((policy) => methodOf(policy, source)) ?? null;
}
