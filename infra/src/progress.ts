/** One line per step with its time, for people. Times are seconds with one decimal. */
export interface Progress {
  /** Runs a step and writes its line. The work may `tell` what it found out; the last words told end up on the line. */
  step<T>(label: string, work: (tell: (note: string) => void) => Promise<T>): Promise<T>;
  /** Writes a line of its own. */
  line(text: string): void;
}

const LABEL_WIDTH = 26;
const NOTE_WIDTH = 54;
/** Without a terminal, a step that takes this long says so, and again after each such time. */
const STILL_EVERY_MS = 15_000;

/** Progress on a stream; with a terminal, the running steps' clock is shown while they run. */
export function createProgress(stream: NodeJS.WriteStream = process.stdout): Progress {
  const live = stream.isTTY === true;
  const running = new Map<string, { since: number; note: string }>();
  let clock: NodeJS.Timeout | null = null;

  const clear = (): void => {
    if (live) stream.write('\r\x1b[2K');
  };
  const paint = (): void => {
    if (!live || running.size === 0) return;
    const parts = [...running].map(([label, { since }]) => `${label} ${seconds(Date.now() - since)}`);
    stream.write(`\r\x1b[2K  … ${parts.join(' · ')}`.slice(0, (stream.columns ?? 80) + 4));
  };
  const line = (text: string): void => {
    clear();
    stream.write(`${text}\n`);
    paint();
  };

  return {
    line,
    async step(label, work) {
      const state = { since: Date.now(), note: '' };
      running.set(label, state);
      clock ??= setInterval(live ? paint : () => {}, 200).unref();
      const still = live
        ? null
        : setInterval(
            () => line(`  … ${label}: still at it after ${seconds(Date.now() - state.since)}`),
            STILL_EVERY_MS,
          );
      const finish = (mark: string, note: string): void => {
        running.delete(label);
        if (still) clearInterval(still);
        if (clock && running.size === 0) {
          clearInterval(clock);
          clock = null;
        }
        line(
          `  ${mark} ${label.padEnd(LABEL_WIDTH)}${note.padEnd(NOTE_WIDTH)}${seconds(Date.now() - state.since).padStart(8)}`,
        );
      };
      paint();
      try {
        const result = await work((note) => {
          state.note = note;
        });
        finish('✓', state.note);
        return result;
      } catch (error) {
        finish('✗', state.note);
        throw error;
      }
    },
  };
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
