/** One press of Ctrl-C arrives more than once: from the terminal, from npm, from the bootstrap. */
const SAME_PRESS_MS = 1_000;

/**
 * Calls `first` when the process is asked to leave (Ctrl-C, SIGTERM, a closed terminal, or a parent that is gone) and
 * `again` when it is asked once more.
 */
export function onInterruption(first: () => void, again: () => void): void {
  let askedMs: number | null = null;
  const asked = (): void => {
    const now = Date.now();
    if (askedMs === null) {
      askedMs = now;
      first();
    } else if (now - askedMs > SAME_PRESS_MS) {
      again();
    }
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, asked);
  process.channel?.unref();
  process.once('disconnect', asked);
}
