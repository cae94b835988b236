'use client';

import { useEffect, useRef, useState } from 'react';

/** How long a refusal waits before it is sent, in milliseconds; until then it never happened. */
export const UNDO_MS = 10_000;

export interface HeldRefusal {
  readonly ids: readonly string[];
  readonly reason: string;
  readonly sendsAtMs: number;
}

/**
 * Refusals that can still be taken back. Each is sent when its time is over, or at once when the reader goes to another
 * page of the portal; closing the tab before that leaves the requests waiting, as the page says.
 */
export function useHeldRefusals(send: (refusal: HeldRefusal) => void) {
  const [held, setHeld] = useState<readonly HeldRefusal[]>([]);
  const timers = useRef(new Map<HeldRefusal, ReturnType<typeof setTimeout>>());
  const latest = useRef(send);
  useEffect(() => {
    latest.current = send;
  }, [send]);
  useEffect(() => {
    const waiting = timers.current;
    return () => {
      for (const [refusal, timer] of waiting) {
        clearTimeout(timer);
        latest.current(refusal);
      }
      waiting.clear();
    };
  }, []);

  const drop = (refusal: HeldRefusal): void => {
    clearTimeout(timers.current.get(refusal));
    timers.current.delete(refusal);
    setHeld((before) => before.filter((one) => one !== refusal));
  };
  const hold = (ids: readonly string[], reason: string): void => {
    const refusal: HeldRefusal = { ids, reason, sendsAtMs: Date.now() + UNDO_MS };
    const timer = setTimeout(() => {
      drop(refusal);
      latest.current(refusal);
    }, UNDO_MS);
    timers.current.set(refusal, timer);
    setHeld((before) => [...before, refusal]);
  };
  return { held, hold, undo: drop };
}
