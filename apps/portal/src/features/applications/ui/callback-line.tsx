'use client';

import { Button } from '@parley/ui/button';
import { RelativeTime } from '@parley/ui/format';
import { toast } from '@parley/ui/toast';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useShell } from '@/shell/shell-context.tsx';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import type { RouterOutputs } from '@/trpc/root.ts';

type Callback = RouterOutputs['applications']['callbacks']['items'][number];

export const isOnItsWay = ({ state }: Callback): boolean => state === 'waiting' || state === 'sending';

/** How telling a job's caller went, and the way to tell it again where nobody listened. */
export function CallbackLine({ application, callback }: { application: string; callback: Callback | undefined }) {
  const trpc = useTRPC();
  const client = useQueryClient();
  const { can } = useShell();
  const replay = useMutation(
    trpc.applications.replayCallback.mutationOptions({
      onSuccess: async () => {
        await client.invalidateQueries({ queryKey: trpc.applications.callbacks.queryKey() });
        toast({ title: 'The callback is sent again', body: 'Under the same id, with all tries anew.' });
      },
    }),
  );
  if (!callback) return null;
  const { job, host, state } = callback;
  const fault = faultOf(replay.error);
  return (
    <span className="flex w-full flex-wrap items-center gap-x-3 gap-y-1 text-muted text-xs">
      <span className={state === 'failed' ? 'text-danger-text' : ''}>
        Callback to <span className="break-all font-mono">{host}</span>: <Said callback={callback} />
      </span>
      {state === 'failed' && can('applications.write') && (
        <Button size="sm" busy={replay.isPending} onClick={() => replay.mutate({ application, job })}>
          Send again
        </Button>
      )}
      {fault && (
        <span role="alert" className="text-danger-text">
          {fault.message}
        </span>
      )}
    </span>
  );
}

function Said({ callback: { state, tries, lastStatus, lastError, nextTryAt, endedAt } }: { callback: Callback }) {
  const last = lastStatus === null ? lastError : `status ${lastStatus}`;
  const often = tries === 1 ? 'one try' : `${tries} tries`;
  switch (state) {
    case 'delivered':
      return (
        <>
          taken <RelativeTime at={endedAt} />
        </>
      );
    case 'failed':
      return (
        <>
          given up after {often}
          {last ? `, the last: ${last}` : ''}
        </>
      );
    case 'cancelled':
      return 'cancelled';
    default:
      return tries === 0 ? (
        'on its way'
      ) : (
        <>
          {often} so far{last ? `, the last: ${last}` : ''}; the next <RelativeTime at={nextTryAt} />
        </>
      );
  }
}
