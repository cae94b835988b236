import type { Exchange } from '../exchange.ts';
import type { Admission, Verdict } from '../ports/limiter/limiter.ts';
import type { Ports } from '../ports/ports.ts';
import { Refusal, refusal } from '../refusals.ts';
import type { CompiledLimit } from '../snapshot/compiled.ts';

function inWords(seconds: number): string {
  const units: readonly (readonly [number, string])[] = [
    [86_400, 'day'],
    [3600, 'hour'],
    [60, 'minute'],
    [1, 'second'],
  ];
  const [size, name] = units.find(([unit]) => seconds % unit === 0) ?? [1, 'second'];
  const count = seconds / size;
  return count === 1 ? name : `${count} ${name}s`;
}

function take(exchange: Exchange, verdict: Verdict): Refusal | null {
  if (verdict instanceof Refusal) return verdict;
  exchange.admission = verdict;
  if (verdict.failed === -1) return null;
  const limit = verdict.limits[verdict.failed] as CompiledLimit;
  const seconds = verdict.resetSeconds[verdict.failed] as number;
  return refusal('rate_limited', {
    message: `The plan allows ${limit.requests} requests per ${inWords(limit.windowSeconds)}, and they are used up.`,
    retryAfterSeconds: seconds,
  });
}

/** Turns away what the limits refuse for sure, before any work is done for it; counts nothing. */
export function shed(exchange: Exchange, ports: Ports): Refusal | null {
  if (!ports.meter.accepts()) return refusal('metering_unavailable', { retryAfterSeconds: 5 });
  const { subscription, plan } = exchange;
  if (subscription === null || plan === null) return refusal('internal');
  const known: Admission | null = ports.limiter.known(subscription, plan);
  return known === null ? null : take(exchange, known);
}

/** Counts the call against all limits of the plan: the last step before the upstream, so that bad input costs none. */
export function admit(exchange: Exchange, ports: Ports): Refusal | null | Promise<Refusal | null> {
  const { subscription, plan } = exchange;
  if (subscription === null || plan === null) return refusal('internal');
  const local = ports.limiter.tryLocal(subscription, plan);
  if (local !== null) return take(exchange, local);
  return ports.limiter.admit(subscription, plan).then((verdict) => take(exchange, verdict));
}
