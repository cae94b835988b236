import { applicationNames } from '@parley/contracts/identity';
import { THUMBPRINT } from '@parley/domain/certificates/certificate-names';
import type { Ports } from '../../ports/ports.ts';
import { Failure } from '../../ports/tokens/failure.ts';
import { refusal } from '../../refusals.ts';
import type { CompiledApplication } from '../../snapshot/compiled.ts';
import type { Missing } from '../../snapshot/store.ts';
import type { Presented } from '../../wire/client-certificate.ts';
import type { Finding, Method } from './method.ts';

const UNREGISTERED = new Failure('This certificate is not registered with an application');
const EXPIRED = new Failure('The certificate has expired');
const EARLY = new Failure('The certificate is not valid yet');

/** What it may be registered by: its thumbprint first; its names only where somebody checked who gave them. */
function namesOf({ thumbprint, issuer, subjects, verified }: Presented): string[] {
  const told = verified && issuer !== '' ? subjects : [];
  return [
    applicationNames.identity('certificate', THUMBPRINT, thumbprint),
    ...told.map((subject) => applicationNames.identity('certificate', issuer, subject)),
  ];
}

/** Looks its names up one after another; the first that an application has is it. */
function findFrom(names: readonly string[], at: number, shown: Presented, ports: Ports): Finding | Promise<Finding> {
  const name = names[at];
  if (name === undefined) return UNREGISTERED;
  const take = (application: CompiledApplication | Missing): Finding | Promise<Finding> => {
    if (application === 'unavailable') return refusal('configuration_unavailable', { retryAfterSeconds: 2 });
    const identity = application === 'absent' ? undefined : application.certificates.get(name);
    if (application === 'absent' || identity === undefined) return findFrom(names, at + 1, shown, ports);
    const key = { id: identity.id, expiresAtMs: null, revokedAtMs: null };
    return { caller: { application, key }, scopes: identity.scopes, subject: shown.thumbprint };
  };
  const found = ports.snapshot.applicationByName(name);
  return found instanceof Promise ? found.then(take) : take(found);
}

/** Client certificates, from the TLS connection or from the operator's proxy. */
export const CERTIFICATE_METHOD: Method = {
  scheme: 'Certificate',
  parameters: [],
  headers: [],
  query: [],
  find(exchange, ports) {
    const shown = ports.certificates.of(exchange.request);
    if (shown === null || shown instanceof Failure) return shown;
    const now = ports.clock.nowMs();
    if (now < shown.validFromMs) return EARLY;
    if (now > shown.validToMs) return EXPIRED;
    return findFrom(namesOf(shown), 0, shown, ports);
  },
};
