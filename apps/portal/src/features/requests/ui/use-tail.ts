'use client';

import { useEffect, useState } from 'react';
import { useTRPCClient } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import type { RequestItem } from './request-item.ts';
import type { RequestsState } from './requests-state.ts';

const EVERY_MS = 2000;
/** Calls kept on the page; older ones are in the log. */
const AT_MOST = 500;

interface Tail {
  /** The question these calls answer. */
  readonly of: string;
  readonly items: RequestItem[];
  readonly error: string | null;
}

const NONE: RequestItem[] = [];

/** The calls that came since the tail was switched on, newest first. */
export function useTail(on: boolean, filter: RequestsState['filter']): Omit<Tail, 'of'> {
  const client = useTRPCClient();
  const question = on ? JSON.stringify(filter) : '';
  const [tail, setTail] = useState<Tail>({ of: '', items: NONE, error: null });

  useEffect(() => {
    if (!on) return;
    let ended = false;
    let cursor: string | undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const ask = async (): Promise<void> => {
      try {
        const answer = await client.requests.tail.query({ ...filter, ...(cursor === undefined ? {} : { cursor }) });
        if (ended) return;
        const first = cursor === undefined;
        cursor = answer.cursor;
        setTail(({ items }) => ({ of: question, items: merged(first ? NONE : items, answer.items), error: null }));
      } catch (caught) {
        if (!ended) setTail(({ items }) => ({ of: question, items, error: faultOf(caught)?.message ?? null }));
      }
      if (!ended) timer = setTimeout(() => void ask(), EVERY_MS);
    };
    void ask();
    return () => {
      ended = true;
      clearTimeout(timer);
    };
  }, [on, filter, question, client]);

  return tail.of === question ? tail : { items: NONE, error: null };
}

/** The tail looks back a little each time, so a call may come twice; ids rise with time. */
function merged(before: RequestItem[], more: readonly RequestItem[]): RequestItem[] {
  if (more.length === 0) return before;
  const known = new Set(before.map((item) => item.id));
  const fresh = more.filter((item) => !known.has(item.id));
  if (fresh.length === 0) return before;
  return [...fresh, ...before].sort((a, b) => (a.id < b.id ? 1 : -1)).slice(0, AT_MOST);
}
