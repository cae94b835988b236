'use client';

import { useQuery } from '@tanstack/react-query';
import { clsx } from 'clsx';
import { useTRPC } from '@/trpc/client.tsx';

/** How many requests wait for a decision, at the end of a line of the rail; nothing when none does. */
export function WaitingCount({ here }: { here: boolean }) {
  const trpc = useTRPC();
  const inbox = useQuery(trpc.approvals.inbox.queryOptions({ show: 'waiting', limit: 1 }, { refetchInterval: 30_000 }));
  const waiting = inbox.data?.waiting ?? 0;
  if (waiting === 0) return null;
  return (
    <span
      className={clsx(
        'ml-auto rounded-full px-1.5 font-medium text-xs tabular-nums',
        here ? 'text-accent-text' : 'bg-accent-soft text-accent-text',
      )}
    >
      {waiting > 99 ? '99+' : waiting}
      <span className="sr-only"> waiting</span>
    </span>
  );
}
