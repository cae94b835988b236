'use client';

import { useEffect, useRef, useState } from 'react';
import { useTRPCClient } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import type { RequestItem } from './request-item.ts';
import type { RequestsState } from './requests-state.ts';

const EVERY_MS = 2000;
/** Calls kept on the page; older ones are in the log. */
const AT_MOST = 500;

/** The calls that came since the tail was switched on, newest first. */
export function useTail(on: boolean, filter: RequestsState['filter']): { items: RequestItem[]; error: string | null } {
  const client = useTRPCClient();
  const [items, setItems] = useState<RequestItem[]>([]);
  const [error, setError] = useState<string | null>(null);
  const cursor = useRef<string | undefined>(undefined);

  useEffect(() => {
    setItems([]);
    setError(null);
    cursor.current = undefined;
    if (!on) return;
    let ended = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const ask = async (): Promise<void> => {
      try {
        const answer = await client.requests.tail.query({
          ...filter,
          ...(cursor.current === undefined ? {} : { cursor: cursor.current }),
        });
        if (ended) return;
        cursor.current = answer.cursor;
        setError(null);
        setItems((before) => merged(before, answer.items));
      } catch (caught) {
        if (!ended) setError(faultOf(caught)?.message ?? null);
      }
      if (!ended) timer = setTimeout(() => void ask(), EVERY_MS);
    };
    void ask();
    return () => {
      ended = true;
      clearTimeout(timer);
    };
  }, [on, filter, client]);

  return { items, error };
}

/** The tail looks back a little each time, so a call may come twice; ids rise with time. */
function merged(before: RequestItem[], more: readonly RequestItem[]): RequestItem[] {
  if (more.length === 0) return before;
  const known = new Set(before.map((item) => item.id));
  const fresh = more.filter((item) => !known.has(item.id));
  if (fresh.length === 0) return before;
  return [...fresh, ...before].sort((a, b) => (a.id < b.id ? 1 : -1)).slice(0, AT_MOST);
}
