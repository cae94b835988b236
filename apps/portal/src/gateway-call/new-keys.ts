/** A key is known to every gateway within a second of being made; this leaves room for a busy machine. */
const KNOWN_EVERYWHERE_MS = 10_000;

const madeAtMs = new Map<string, number>();

/** Notes that a key has just been made on this page. */
export function noteNewKey(secret: string): void {
  madeAtMs.set(secret, Date.now());
}

/** Whether a gateway may not have heard of the key yet. */
export function mayBeUnknownYet(secret: string): boolean {
  return Date.now() - (madeAtMs.get(secret) ?? 0) < KNOWN_EVERYWHERE_MS;
}
