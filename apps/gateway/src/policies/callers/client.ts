import { applicationNames } from '@parley/contracts/identity';
import type { Ports } from '../../ports/ports.ts';
import type { Verified } from '../../ports/tokens/claims.ts';
import { Failure } from '../../ports/tokens/failure.ts';
import { refusal } from '../../refusals.ts';
import type { CompiledApplication } from '../../snapshot/compiled.ts';
import type { Missing } from '../../snapshot/store.ts';
import type { Finding } from './method.ts';

/** Which application a good token of an issuer counts to. */
export interface ClientRules {
  readonly issuer: string;
  /** Name of the application that calls of unregistered clients count to; `null` where they are refused. */
  readonly fallback: string | null;
}

const UNREGISTERED = new Failure('The client of this token is not registered with an application');
const NO_FALLBACK = new Failure('The application that such calls count to does not exist');

/** The rules of a method, with the fallback's name in the publisher's own tenant. */
export function clientRules(
  tenantId: string,
  issuer: string,
  method: { readonly anonymousSubject: boolean; readonly application?: string | undefined },
): ClientRules {
  const { anonymousSubject, application } = method;
  return { issuer, fallback: anonymousSubject ? applicationNames.slug(tenantId, application ?? '') : null };
}

/** Finds the application of a token's client; at once where its document is in memory. */
export function findClient(verified: Verified, rules: ClientRules, ports: Ports): Finding | Promise<Finding> {
  if (verified.client === null) return findFallback(verified, rules, ports);
  const name = applicationNames.identity('client', rules.issuer, verified.client);
  const found = ports.snapshot.applicationByName(name);
  const take = (application: CompiledApplication | Missing): Finding | Promise<Finding> => {
    if (application === 'unavailable') return unavailable();
    const identity = application === 'absent' ? undefined : application.identities.get(name);
    if (application === 'absent' || identity === undefined) return findFallback(verified, rules, ports);
    return known(verified, application, identity.id);
  };
  return found instanceof Promise ? found.then(take) : take(found);
}

function findFallback(verified: Verified, { fallback }: ClientRules, ports: Ports): Finding | Promise<Finding> {
  if (fallback === null) return UNREGISTERED;
  const found = ports.snapshot.applicationByName(fallback);
  const take = (application: CompiledApplication | Missing): Finding => {
    if (application === 'unavailable') return unavailable();
    return application === 'absent' ? NO_FALLBACK : known(verified, application, application.id);
  };
  return found instanceof Promise ? found.then(take) : take(found);
}

function unavailable(): Finding {
  return refusal('configuration_unavailable', { retryAfterSeconds: 2 });
}

function known({ scopes, subject }: Verified, application: CompiledApplication, id: string): Finding {
  return { caller: { application, key: { id, expiresAtMs: null, revokedAtMs: null } }, scopes, subject };
}
