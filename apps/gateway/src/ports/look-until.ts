const FIRST_PAUSE_MS = 5;
const MAX_PAUSE_MS = 50;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Looks for what the worker was asked for, ever less often: what was found, or `null` once the time is over. Rejects as `look` does. */
export async function lookUntil<T>(look: () => Promise<T | null>, withinMs: number): Promise<T | null> {
  const endsAt = performance.now() + withinMs;
  for (let ms = FIRST_PAUSE_MS; performance.now() < endsAt; ms = Math.min(ms * 2, MAX_PAUSE_MS)) {
    await pause(ms);
    const found = await look();
    if (found !== null) return found;
  }
  return null;
}
