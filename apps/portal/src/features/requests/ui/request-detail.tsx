'use client';

import { ButtonLink } from '@parley/ui/button';
import { CopyButton } from '@parley/ui/copy-button';
import { EmptyState } from '@parley/ui/empty-state';
import { RelativeTime } from '@parley/ui/format';
import { Notice } from '@parley/ui/page';
import { Skeleton } from '@parley/ui/skeleton';
import { useQuery } from '@tanstack/react-query';
import { SearchX } from 'lucide-react';
import { useShell } from '@/shell/shell-context.tsx';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import { curlText } from './curl-text.ts';
import { RefusalNote } from './refusal-note.tsx';
import { RequestBodies } from './request-bodies.tsx';
import { RequestCost } from './request-cost.tsx';
import { RequestFactList } from './request-fact-list.tsx';
import { RequestFeedback, RequestFindings } from './request-findings.tsx';
import { RequestTime } from './request-time.tsx';
import { RequestTries } from './request-tries.tsx';
import { SideCallList } from './side-call-list.tsx';
import { StatusBadge } from './status-badge.tsx';

/** One call: how it ended and why, where the time went, what it cost and by which price, who called what. */
export function RequestDetail({ id, gatewayUrl, inSheet }: { id: string; gatewayUrl: string; inSheet?: boolean }) {
  const trpc = useTRPC();
  const { href } = useShell();
  const call = useQuery(trpc.requests.get.queryOptions({ id }));
  const error = faultOf(call.error);
  if (error?.code === 'not_found' || error?.code === 'invalid_input') {
    return (
      <EmptyState icon={<SearchX aria-hidden />} title="No request with this id">
        Calls appear here a second or two after their answer, and are kept as long as this installation keeps its log.
        Check the id: it is in the answer’s <code className="font-mono text-xs">x-request-id</code> header.
      </EmptyState>
    );
  }
  if (error) return <Notice tone="danger" title={error.message} />;
  if (!call.data) return <DetailSkeleton />;
  const facts = call.data;
  return (
    <div className="flex flex-col gap-6">
      <div className="flex flex-col gap-2">
        <div className="flex flex-wrap items-center gap-2">
          <StatusBadge status={facts.status} />
          <span className="min-w-0 break-all font-mono text-sm">
            <span className="text-muted">{facts.method}</span> {facts.path}
          </span>
        </div>
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1 text-muted text-xs">
          <RelativeTime at={facts.at} />
          <span suppressHydrationWarning>
            {new Date(facts.at).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'medium' })}
          </span>
          <span className="inline-flex items-center gap-0.5">
            <span className="break-all font-mono">{facts.id}</span>
            <CopyButton text={facts.id} label="Copy the request id" />
          </span>
        </div>
        <div className="flex flex-wrap gap-2">
          <CopyButton text={curlText(gatewayUrl, facts)} label="Copy as curl" withLabel />
          {inSheet && (
            <ButtonLink href={href(`requests/${facts.id}`)} size="sm">
              Open on its own page
            </ButtonLink>
          )}
        </div>
      </div>
      <RefusalNote facts={facts} />
      <RequestTime facts={facts} />
      <RequestTries facts={facts} />
      <RequestCost facts={facts} />
      <SideCallList facts={facts} />
      <RequestFindings guard={facts.guard} />
      <RequestFeedback feedback={facts.feedback} />
      <RequestFactList facts={facts} />
      <RequestBodies facts={facts} />
    </div>
  );
}

function DetailSkeleton() {
  return (
    <div role="status" aria-label="Loading" className="flex flex-col gap-6">
      <Skeleton className="h-5 w-2/3" />
      <Skeleton className="h-3 w-1/2" />
      <Skeleton className="h-24 w-full" />
      <Skeleton className="h-40 w-full" />
    </div>
  );
}
