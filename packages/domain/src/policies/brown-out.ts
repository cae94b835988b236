import type { BrownOutsPolicy } from '@parley/contracts/policies/brown-outs';

export interface BrownOut {
  /** Share of the calls to refuse, 0 to 100. */
  readonly percent: number;
  /** When the window that asks for that ends, in Unix milliseconds; `null` while a schedule does. */
  readonly untilMs: number | null;
}

/** Prepares the times of a policy; the answer says what holds at a moment (Unix milliseconds). */
export function brownOutAt({ windows, schedule }: BrownOutsPolicy): (nowMs: number) => BrownOut {
  const spans = windows.map(({ from, to, percent }) => ({ fromMs: Date.parse(from), toMs: Date.parse(to), percent }));
  const steps = schedule
    .map(({ from, percent }) => ({ fromMs: Date.parse(from), percent }))
    .sort((a, b) => a.fromMs - b.fromMs);
  return (nowMs) => {
    let percent = 0;
    let untilMs: number | null = null;
    for (const step of steps) if (step.fromMs <= nowMs) percent = step.percent;
    for (const span of spans) {
      if (span.fromMs > nowMs || nowMs >= span.toMs || span.percent < percent) continue;
      // Of windows that ask for as much, the one that ends last decides.
      untilMs = span.percent > percent ? span.toMs : Math.max(untilMs ?? 0, span.toMs);
      percent = span.percent;
    }
    return { percent, untilMs: percent === 0 ? null : untilMs };
  };
}
