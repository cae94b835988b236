import { z } from 'zod';

/** Parts of a call's time, in the order in which they come. */
export const TIMELINE_PARTS = ['door', 'waiting', 'streaming', 'end'] as const;

export const timelineSpan = z.object({
  /**
   * `door`: key, limits, guardrails, until an upstream was asked. `waiting`: for its first token, or for all of its answer
   * where that is not streamed; tries before the last are part of it. `streaming`: first to last token. `end`: what the
   * gateway did after the upstream was done.
   */
  part: z.enum(TIMELINE_PARTS),
  fromUs: z.number().int(),
  toUs: z.number().int(),
});
export type TimelineSpan = z.output<typeof timelineSpan>;

/** What is known of a call's time, microseconds. */
export interface CallTimes {
  readonly durationUs: number;
  readonly upstreamUs: number;
  /** Door to first token. */
  readonly ttftUs: number | null;
  /** Door to the first try at a model; `null` where none was asked. */
  readonly leftUs: number | null;
  readonly stream: boolean;
}

/** The parts of a call's time from its door to its last byte, without gaps; parts that took no time are left out. */
export function timelineOf(times: CallTimes): TimelineSpan[] {
  const { durationUs, upstreamUs, stream } = times;
  if (upstreamUs === 0) return spans([['door', durationUs]]);
  // Where it is not known when: what was not the upstream's came first.
  const leftUs = Math.min(times.leftUs ?? Math.max(0, durationUs - upstreamUs), durationUs);
  const doneUs = Math.min(leftUs + upstreamUs, durationUs);
  const firstUs = stream && times.ttftUs !== null ? Math.min(Math.max(times.ttftUs, leftUs), doneUs) : doneUs;
  return spans([
    ['door', leftUs],
    ['waiting', firstUs],
    ['streaming', doneUs],
    ['end', durationUs],
  ]);
}

function spans(ends: readonly (readonly [TimelineSpan['part'], number])[]): TimelineSpan[] {
  let fromUs = 0;
  const found: TimelineSpan[] = [];
  for (const [part, toUs] of ends) {
    if (toUs > fromUs) found.push({ part, fromUs, toUs });
    fromUs = Math.max(fromUs, toUs);
  }
  return found;
}

/** Shorter than this nothing can be said of a rate. */
const SHORTEST_US = 1000;

/** Output tokens a second from the first to the last; of an answer in one piece, over the time at the upstream. */
export function tokensPerSecond(times: CallTimes & { readonly outputTokens: number }): number | null {
  const written = timelineOf(times).find(({ part }) => part === 'streaming');
  const us = written ? written.toUs - written.fromUs : times.upstreamUs;
  return times.outputTokens === 0 || us < SHORTEST_US ? null : times.outputTokens / (us / 1_000_000);
}
