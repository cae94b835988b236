import type { Exchange } from '../../exchange.ts';
import { IDENTIFIES, noted } from '../../explain/notes.ts';
import { orParty } from '../../party/identify-party.ts';
import type { Ports } from '../../ports/ports.ts';
import { Failure } from '../../ports/tokens/failure.ts';
import { Refusal, refusal } from '../../refusals.ts';
import type { EndpointSource, Stage } from '../../stage.ts';
import { identify } from '../../stages/identify.ts';
import { identifyInbound } from '../inbound/identify-inbound.ts';
import { challenges } from './challenge.ts';
import type { Finding, Method } from './method.ts';
import { methodsOf } from './methods.ts';
import { noteKey } from './note-key.ts';

/**
 * Finds who calls an endpoint by the methods of its policy, in their order; by API key alone where it has none. A stranger
 * is answered as on any other path, word for word: only `WWW-Authenticate` names the endpoint's methods and what failed.
 */
export function identifyCaller(source: EndpointSource): Stage {
  const inbound = identifyInbound(source);
  if (inbound !== null) return inbound;
  const taken =
    source.policies.callers?.methods?.some(({ kind }) => kind === 'apiKey' || kind === 'partyToken') ?? true;
  return taken ? orParty(otherCaller(source)) : otherCaller(source);
}

function otherCaller(source: EndpointSource): Stage {
  const methods = methodsOf(source);
  if (methods === null) return source.policies.callers ? noted(identifyByKey, IDENTIFIES) : identify;
  const stage: Stage = (exchange, ports) => attempt({ methods, exchange, ports }, 0, null);
  return noted(stage, IDENTIFIES);
}

interface Attempt {
  readonly methods: readonly Method[];
  readonly exchange: Exchange;
  readonly ports: Ports;
}

/** Tries methods one after another; `failed` is the first that had something to say against a credential. */
function attempt(of: Attempt, from: number, failed: Failed | null): Refusal | null | Promise<Refusal | null> {
  for (let at = from; at < of.methods.length; at++) {
    const method = of.methods[at] as Method;
    const finding = method.find(of.exchange, of.ports);
    if (finding instanceof Promise) {
      return finding.then((late) =>
        note(of.exchange, late) ? null : attempt(of, at + 1, failed ?? failure(method, late)),
      );
    }
    if (note(of.exchange, finding)) return null;
    failed ??= failure(method, finding);
  }
  return refuseStranger(of, failed);
}

interface Failed {
  readonly method: Method;
  readonly why: Failure | Refusal;
}

function failure(method: Method, finding: Finding): Failed | null {
  return finding instanceof Failure || finding instanceof Refusal ? { method, why: finding } : null;
}

function note(exchange: Exchange, finding: Finding): boolean {
  if (finding === null || finding instanceof Failure || finding instanceof Refusal) return false;
  exchange.caller = finding.caller;
  exchange.scopes = finding.scopes;
  exchange.subject = finding.subject;
  return true;
}

/** What a path that leads nowhere would answer to the same credentials, with this endpoint's challenges. */
function refuseStranger({ methods, exchange, ports }: Attempt, failed: Failed | null): Refusal | Promise<Refusal> {
  if (failed?.why instanceof Refusal) return failed.why;
  const authenticate = challenges(methods, failed ? { method: failed.method, reason: failed.why.reason } : null);
  const take = (outcome: Refusal | null): Refusal =>
    // A good API key, only not a way to call this API: its owner is no stranger, and finds the call in the log.
    outcome === null
      ? refusal('credentials_refused', { authenticate })
      : refusal(outcome.code, outcome.status === 401 ? { ...outcome.details, authenticate } : outcome.details);
  const outcome = identify(exchange, ports);
  return outcome instanceof Promise ? outcome.then(take) : take(outcome);
}

/** By API key, on an endpoint that asks for scopes or tells its upstream who calls. */
function identifyByKey(exchange: Exchange, ports: Ports): Refusal | null | Promise<Refusal | null> {
  const outcome = identify(exchange, ports);
  return outcome instanceof Promise
    ? outcome.then((late) => late ?? noteKey(exchange))
    : (outcome ?? noteKey(exchange));
}
