/** Where a group's calls can go: an address, and what is known of it from the calls that went there. */
export class Target {
  /** Origin and base path: what makes two targets the same. */
  readonly key: string;
  readonly origin: string;
  /** Path of its URL without a trailing slash. */
  readonly basePath: string;
  /** `Host` (and TLS name) where it is not the origin's own: discovered addresses are called by the service's name. */
  readonly host: string | null;
  weight: number;
  /** Of the targets fit for a call only those with the lowest number get it (SRV, RFC 2782). */
  priority: number;
  /** Calls under way. */
  inFlight = 0;
  /** Smooth weighted round robin's running value. */
  turn = 0;
  /** Peak-sensitive mean of the time to an answer's head, in ms, and when it was last moved. */
  latencyMs = 0;
  latencyAt = 0;

  // Passive health
  failures = 0;
  /** Ejections in a row, without a good call between. */
  ejections = 0;
  /** `performance.now()` until which it is left out; 0 when it is not. */
  ejectedUntil = 0;
  /** After its ejection one call at a time tries it. */
  probing = false;

  // Active health
  sick = false;
  /** Good checks in a row; bad ones when negative. */
  checksInRow = 0;

  constructor(place: TargetPlace) {
    this.key = targetKey(place);
    this.origin = place.origin;
    this.basePath = place.basePath;
    this.host = place.host;
    this.weight = place.weight;
    this.priority = place.priority;
  }
}

/** An address as configured or discovered. */
export interface TargetPlace {
  readonly origin: string;
  readonly basePath: string;
  readonly host: string | null;
  readonly weight: number;
  readonly priority: number;
}

export function targetKey(place: TargetPlace): string {
  return `${place.origin}${place.basePath}`;
}
