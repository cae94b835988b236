import type { AcceptedEvent } from '@parley/contracts/deliveries';

/** About this connection and this answer, or written by the worker for each try: nobody else may say those. */
const LEFT_OUT = new Set([
  'accept',
  'accept-encoding',
  'accept-language',
  'content-length',
  'host',
  'max-forwards',
  'priority',
  'range',
  'user-agent',
  'webhook-id',
  'webhook-signature',
  'webhook-timestamp',
]);

/** What of a call's headers goes with it to its destinations; several of one name are joined (RFC 9110 §5.3). */
export function deliveredHeaders(flat: readonly string[]): AcceptedEvent['headers'] {
  const joined = new Map<string, string>();
  for (let i = 0; i < flat.length; i += 2) {
    const name = (flat[i] as string).toLowerCase();
    if (LEFT_OUT.has(name)) continue;
    const value = flat[i + 1] as string;
    const before = joined.get(name);
    joined.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  return [...joined];
}
