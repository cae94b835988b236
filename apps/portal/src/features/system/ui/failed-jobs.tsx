'use client';

import { Badge } from '@parley/ui/badge';
import { Button } from '@parley/ui/button';
import { ConfirmDialog } from '@parley/ui/dialog';
import { EmptyState } from '@parley/ui/empty-state';
import { RelativeTime, ShortId } from '@parley/ui/format';
import { SkeletonRows } from '@parley/ui/skeleton';
import { toast } from '@parley/ui/toast';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { CircleCheck, RotateCcw } from 'lucide-react';
import { useState } from 'react';
import { useShell } from '@/shell/shell-context.tsx';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import type { RouterOutputs } from '@/trpc/root.ts';
import { CONSEQUENCES } from './consequences.ts';

type Job = RouterOutputs['system']['deadLetters']['items'][number];

interface Props {
  readonly jobs: readonly Job[] | undefined;
  readonly more: boolean;
  readonly show: 'open' | 'resolved';
}

/** Jobs that were set aside: what was to be done, why it failed, and the two ways out. */
export function FailedJobs({ jobs, more, show }: Props) {
  const [dismissing, setDismissing] = useState<Job | null>(null);
  if (!jobs) return <SkeletonRows rows={3} />;
  if (jobs.length === 0) {
    return (
      <EmptyState
        icon={<CircleCheck />}
        title={show === 'open' ? 'No job has failed' : 'No job was retried or dismissed yet'}
      >
        {show === 'open'
          ? 'Jobs are tried several times by themselves. One that still fails shows here, with the reason.'
          : 'Jobs that somebody retried or dismissed stay here on record.'}
      </EmptyState>
    );
  }
  return (
    <>
      <ul className="divide-y rounded-md border bg-surface">
        {jobs.map((job) => (
          <JobRow key={job.id} job={job} onDismiss={() => setDismissing(job)} />
        ))}
      </ul>
      {more && <p className="text-muted text-sm">These are the newest 200. Resolve some to see older ones.</p>}
      {dismissing && <DismissDialog job={dismissing} onClose={() => setDismissing(null)} />}
    </>
  );
}

function JobRow({ job, onDismiss }: { job: Job; onDismiss: () => void }) {
  const trpc = useTRPC();
  const { can } = useShell();
  const refresh = useRefresh();
  const retry = useMutation(
    trpc.system.retry.mutationOptions({
      onSuccess: async () => {
        toast({ title: 'The job is being done again', body: 'If it fails once more, it comes back here.' });
        await refresh();
      },
    }),
  );
  const error = faultOf(retry.error);
  return (
    <li className="flex flex-col gap-2 px-4 py-3 md:flex-row md:items-start md:gap-6">
      <div className="flex min-w-0 flex-1 flex-col gap-1.5">
        <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <span className="font-medium text-sm">{job.title}</span>
          <span className="font-mono text-faint text-xs">{job.job}</span>
          {job.resolution && <Badge>{job.resolution === 'retried' ? 'Retried' : 'Dismissed'}</Badge>}
        </div>
        <p className="break-words rounded-sm bg-sunken px-2.5 py-1.5 font-mono text-xs">{job.error}</p>
        <p className="flex flex-wrap items-center gap-x-3 text-faint text-xs">
          <span>
            failed <RelativeTime at={job.failedAt} /> after {job.attempts} {job.attempts === 1 ? 'try' : 'tries'}
          </span>
          {job.resolvedAt && (
            <span>
              {job.resolution} <RelativeTime at={job.resolvedAt} />
            </span>
          )}
          <ShortId id={job.id} />
        </p>
        {error && (
          <p role="alert" className="text-danger-text text-sm">
            {error.message}
          </p>
        )}
      </div>
      {job.resolution === null && can('system.write') && (
        <div className="flex gap-2">
          <Button
            size="sm"
            icon={<RotateCcw aria-hidden className="size-3.5" />}
            busy={retry.isPending}
            onClick={() => retry.mutate({ id: job.id })}
          >
            Retry
          </Button>
          <Button size="sm" variant="ghost" onClick={onDismiss}>
            Dismiss
          </Button>
        </div>
      )}
    </li>
  );
}

function DismissDialog({ job, onClose }: { job: Job; onClose: () => void }) {
  const trpc = useTRPC();
  const refresh = useRefresh();
  const dismiss = useMutation(
    trpc.system.dismiss.mutationOptions({
      onSuccess: async () => {
        await refresh();
        onClose();
      },
    }),
  );
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Give this job up?"
      confirmLabel="Dismiss the job"
      busy={dismiss.isPending}
      error={faultOf(dismiss.error)?.message}
      onConfirm={() => dismiss.mutate({ id: job.id })}
      consequence={
        <>
          <p className="font-medium text-text">{job.title}</p>
          <p className="mt-1.5">
            {CONSEQUENCES[job.job] ?? 'What it was to do will not be done.'} It stays on record under Resolved, and the
            audit log says who gave it up.
          </p>
        </>
      }
    />
  );
}

/** Reads health and jobs again. */
function useRefresh(): () => Promise<void> {
  const trpc = useTRPC();
  const queries = useQueryClient();
  return async () => {
    await Promise.all([
      queries.invalidateQueries(trpc.system.deadLetters.queryFilter()),
      queries.invalidateQueries(trpc.system.health.queryFilter()),
    ]);
  };
}
