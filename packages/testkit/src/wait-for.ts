import { setTimeout as delay } from 'node:timers/promises';

export interface WaitOptions {
  /** Deadline in milliseconds from now; 20,000 unless told: a machine may have much else to do. */
  readonly timeoutMs?: number;
  /** Pause between tries in milliseconds; 20 unless told. */
  readonly everyMs?: number;
}

/**
 * Tries a condition until it gives a value other than undefined, null and false, and returns that value. A try that
 * throws counts as not yet. Throws after the deadline, saying what was awaited and what the last try said.
 */
export async function waitFor<T>(
  what: string,
  condition: () => T | Promise<T>,
  options: WaitOptions = {},
): Promise<Exclude<T, undefined | null | false>> {
  const timeoutMs = options.timeoutMs ?? 20_000;
  const deadlineMs = performance.now() + timeoutMs;
  let lastError: unknown;
  do {
    try {
      const value = await condition();
      lastError = undefined;
      if (value !== undefined && value !== null && value !== false) {
        return value as Exclude<T, undefined | null | false>;
      }
    } catch (error) {
      lastError = error;
    }
    await delay(options.everyMs ?? 20);
  } while (performance.now() < deadlineMs);
  const said = lastError instanceof Error ? ` The last try failed: ${lastError.message}` : '';
  throw new Error(`Waited ${timeoutMs} ms in vain for: ${what}.${said}`, { cause: lastError });
}
