import type { Ports } from '../ports/ports.ts';
import { type Refusal, refusal } from '../refusals.ts';
import type { Stage } from '../stage.ts';
import { unmeasured } from '../wire/limit-members.ts';

const MINUTE_MS = 60_000;
const PER_MINUTE = 600;
const MAX_APPLICATIONS = 10_000;

/** What the gateway does for applications at addresses of its own, and what is said when one asks for too much of it. */
const TOO_MUCH = {
  feedback: 'More feedback in a minute than is taken.',
  sessions: 'Sessions are changed more often in a minute than is taken.',
  'party-tokens': 'Party tokens are asked for more often in a minute than is taken.',
} as const;
type OwnWork = keyof typeof TOO_MUCH;

/** How much one node does of one kind for each application in a minute: bounded in memory, whoever calls. */
class MinutePace {
  #minute = 0;
  readonly #taken = new Map<string, number>();

  take(applicationId: string, nowMs: number): boolean {
    const minute = Math.floor(nowMs / MINUTE_MS);
    if (minute !== this.#minute || this.#taken.size >= MAX_APPLICATIONS) this.#taken.clear();
    this.#minute = minute;
    const taken = this.#taken.get(applicationId) ?? 0;
    if (taken >= PER_MINUTE) return false;
    this.#taken.set(applicationId, taken + 1);
    return true;
  }
}

const paces = new WeakMap<Ports, Partial<Record<OwnWork, MinutePace>>>();

/** Counts one; the refusal where the application has asked this node for 600 of the kind within the minute. */
export function beyondPace(ports: Ports, work: OwnWork, applicationId: string): Refusal | null {
  const own = paces.get(ports) ?? {};
  paces.set(ports, own);
  const pace = own[work] ?? new MinutePace();
  own[work] = pace;
  if (pace.take(applicationId, ports.clock.nowMs())) return null;
  const limit = unmeasured('application', `${work}-60s`);
  return refusal('rate_limited', { message: TOO_MUCH[work], limit, retryAfterSeconds: 60 });
}

/** The same as a stage, for addresses whose every call counts. */
export function paced(work: OwnWork): Stage {
  return ({ caller }, ports) =>
    caller === null ? refusal('internal') : beyondPace(ports, work, caller.application.id);
}
