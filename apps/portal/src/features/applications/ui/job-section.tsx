'use client';

import { Badge, type Tone } from '@parley/ui/badge';
import { Card } from '@parley/ui/card';
import { Duration, RelativeTime } from '@parley/ui/format';
import { TextLink } from '@parley/ui/link';
import { Section } from '@parley/ui/page';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTRPC } from '@/trpc/client.tsx';
import type { Application, Job } from './application-types.ts';
import { CallbackLine, isOnItsWay } from './callback-line.tsx';

const STATES: Readonly<Record<Job['state'], { readonly label: string; readonly tone: Tone }>> = {
  queued: { label: 'Waiting', tone: 'neutral' },
  running: { label: 'Running', tone: 'info' },
  succeeded: { label: 'Answered', tone: 'success' },
  failed: { label: 'Failed', tone: 'danger' },
  cancelled: { label: 'Cancelled', tone: 'neutral' },
  expired: { label: 'Not begun in time', tone: 'warning' },
};

const LOOK_AGAIN_MS = 5000;
const isOver = ({ endedAt }: Job): boolean => endedAt !== null;

/**
 * Calls of an application that are answered later. Most have none, and where the gateway cannot be asked none can be shown:
 * then there is no section.
 */
export function JobSection({ tenant, application }: { readonly tenant: string; readonly application: Application }) {
  const trpc = useTRPC();
  const { data } = useQuery({
    ...trpc.applications.jobs.queryOptions({ application: application.slug }),
    retry: false,
    refetchInterval: ({ state }) => (state.data?.items.every(isOver) === false ? LOOK_AGAIN_MS : false),
  });
  const callbacks = useQuery({
    ...trpc.applications.callbacks.queryOptions({ application: application.slug }),
    refetchInterval: ({ state }) => (state.data?.items.some(isOnItsWay) ? LOOK_AGAIN_MS : false),
  });
  const callbackOf = new Map(callbacks.data?.items.map((one) => [one.job, one]));
  const items = data?.items ?? [];
  if (items.length === 0) return null;
  return (
    <Section title="Calls answered later" description="The newest that are kept; their results are at /v1/jobs.">
      <Card>
        <ul aria-label="Calls answered later" className="divide-y">
          {items.map((job) => (
            <JobRow
              key={job.id}
              tenant={tenant}
              job={job}
              callback={
                callbackOf.has(job.id) && (
                  <CallbackLine application={application.slug} callback={callbackOf.get(job.id)} />
                )
              }
            />
          ))}
        </ul>
      </Card>
    </Section>
  );
}

function JobRow({
  tenant,
  job,
  callback,
}: {
  readonly tenant: string;
  readonly job: Job;
  /** How telling its caller went, where it asked for that. */
  readonly callback: ReactNode;
}) {
  const { label, tone } = STATES[job.state];
  const tookMs =
    job.startedAt === null || job.endedAt === null ? null : Date.parse(job.endedAt) - Date.parse(job.startedAt);
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-3 text-sm">
      <span className="flex min-w-60 flex-1 flex-col gap-0.5">
        {job.endedAt === null ? (
          <span className="font-medium font-mono text-xs">{job.id}</span>
        ) : (
          <TextLink href={`/t/${tenant}/requests/${job.id}`} className="font-medium font-mono text-xs">
            {job.id}
          </TextLink>
        )}
        <span className="break-all text-muted text-xs">
          {job.path}
          {job.model === null ? '' : ` · ${job.model}`}
          {job.code === null ? '' : ` · ${job.code}`}
          {job.tries > 1 ? ` · begun ${job.tries} times` : ''}
        </span>
      </span>
      <span className="text-faint text-xs">
        accepted <RelativeTime at={job.acceptedAt} />
        {tookMs !== null && (
          <>
            , took <Duration ms={tookMs} />
          </>
        )}
      </span>
      <Badge tone={tone}>{label}</Badge>
      {callback}
    </li>
  );
}
