'use client';

import { toast } from '@parley/ui/toast';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import { MOVES, type Move } from './approval-types.ts';

/** Sends decisions and keeps what could not be decided, in words, until the next one. */
export function useDecisions(settled: () => Promise<unknown>) {
  const trpc = useTRPC();
  const bulk = useMutation(trpc.approvals.decide.mutationOptions());
  const suspend = useMutation(trpc.approvals.suspend.mutationOptions());
  const resume = useMutation(trpc.approvals.resume.mutationOptions());
  const revoke = useMutation(trpc.approvals.revoke.mutationOptions());
  const [failures, setFailures] = useState<readonly string[]>([]);

  const decide = async (ids: readonly string[], move: Move, reason: string, expiresAt?: string): Promise<void> => {
    const failed: string[] = [];
    try {
      if (move === 'approve' || move === 'refuse') {
        const end = expiresAt ? { expiresAt } : {};
        const { results } = await bulk.mutateAsync({ ids: [...ids], decision: move, reason, ...end });
        failed.push(...results.flatMap((result) => (result.ok ? [] : [result.message ?? 'It could not be decided.'])));
      } else {
        const one = { suspend, resume, revoke }[move];
        for (const id of ids) await one.mutateAsync({ id, reason });
      }
    } catch (error) {
      failed.push(faultOf(error)?.message ?? 'It could not be decided.');
    }
    const done = ids.length - failed.length;
    if (done > 0)
      toast({ title: done === 1 ? `The request is ${MOVES[move].done}` : `${done} requests are ${MOVES[move].done}` });
    setFailures(failed);
    await settled();
  };
  return { decide, failures };
}
