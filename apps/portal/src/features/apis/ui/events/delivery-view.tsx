'use client';

import { Badge } from '@parley/ui/badge';
import { Button, ButtonLink } from '@parley/ui/button';
import { CopyButton } from '@parley/ui/copy-button';
import { EmptyState } from '@parley/ui/empty-state';
import { Bytes, Duration, RelativeTime } from '@parley/ui/format';
import { Notice } from '@parley/ui/page';
import { SkeletonRows } from '@parley/ui/skeleton';
import { useQuery } from '@tanstack/react-query';
import { RotateCcw, SearchX, Square } from 'lucide-react';
import { useShell } from '@/shell/shell-context.tsx';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import { type DeliveryDetail, hasEnded, STATES } from './delivery-words.ts';
import { useMoves } from './use-deliveries.ts';

const REFRESH_MS = 3000;

/** One delivery: how it stands, what was sent, and every try. */
export function DeliveryView({ id }: { id: string }) {
  const trpc = useTRPC();
  const found = useQuery({
    ...trpc.apis.delivery.queryOptions({ id }),
    refetchInterval: (query) => (query.state.data && hasEnded(query.state.data.state) ? false : REFRESH_MS),
  });
  const error = faultOf(found.error);
  if (error?.code === 'not_found' || error?.code === 'invalid_input') {
    return (
      <EmptyState icon={<SearchX aria-hidden />} title="No delivery with this id">
        It may have been removed: events are kept for as many days as the policy says.
      </EmptyState>
    );
  }
  if (error) return <Notice tone="danger" title={error.message} />;
  if (!found.data) return <SkeletonRows rows={6} />;
  const delivery = found.data;
  return (
    <div className="flex flex-col gap-6">
      <div className="flex flex-col gap-2">
        <div className="flex flex-wrap items-center gap-2">
          <Badge tone={STATES[delivery.state].tone} dot>
            {STATES[delivery.state].label}
          </Badge>
          <span className="min-w-0 break-all font-mono text-sm">
            <span className="text-muted">{delivery.method}</span> {delivery.path}
          </span>
        </div>
        <p className="text-muted text-sm">
          To <span className="font-medium text-text">{delivery.upstream}</span>, accepted{' '}
          <RelativeTime at={delivery.acceptedAt} />
          {delivery.nextTryAt && (
            <>
              ; next try <RelativeTime at={delivery.nextTryAt} />
            </>
          )}
          .
        </p>
      </div>
      <Moves delivery={delivery} />
      <Attempts delivery={delivery} />
      <Sent delivery={delivery} />
    </div>
  );
}

function Moves({ delivery }: { delivery: DeliveryDetail }) {
  const { can, href } = useShell();
  const { replay, cancel } = useMoves();
  const error = faultOf(replay.error ?? cancel.error);
  return (
    <div className="flex flex-col gap-2">
      <div className="flex flex-wrap gap-2">
        {can('apis.write') && hasEnded(delivery.state) && (
          <Button
            size="sm"
            icon={<RotateCcw aria-hidden className="size-3.5" />}
            busy={replay.isPending}
            onClick={() => replay.mutate({ id: delivery.id })}
          >
            Send again
          </Button>
        )}
        {can('apis.write') && !hasEnded(delivery.state) && (
          <Button
            size="sm"
            icon={<Square aria-hidden className="size-3.5" />}
            busy={cancel.isPending}
            onClick={() => cancel.mutate({ id: delivery.id })}
          >
            Stop trying
          </Button>
        )}
        {can('usage.read') && (
          <ButtonLink size="sm" href={href(`requests/${delivery.requestId}`)}>
            The call in the request log
          </ButtonLink>
        )}
      </div>
      {error && (
        <p role="alert" className="text-danger-text text-sm">
          {error.message}
        </p>
      )}
    </div>
  );
}

function Attempts({ delivery }: { delivery: DeliveryDetail }) {
  return (
    <section className="flex flex-col gap-2">
      <h3 className="font-medium text-sm">Tries</h3>
      {delivery.attempts.length === 0 ? (
        <p className="text-muted text-sm">Not tried yet.</p>
      ) : (
        <ol className="divide-y rounded-md border">
          {delivery.attempts.map((attempt) => (
            <li key={attempt.number} className="flex flex-col gap-1.5 px-3 py-2.5 text-sm">
              <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
                <span className="text-faint tabular-nums">#{attempt.number}</span>
                <AttemptEnd attempt={attempt} />
                <span className="ml-auto flex gap-3 text-faint text-xs">
                  <Duration ms={attempt.durationMs} />
                  <RelativeTime at={attempt.startedAt} />
                </span>
              </div>
              {attempt.excerpt && (
                <pre className="max-h-40 overflow-auto whitespace-pre-wrap break-all rounded-sm bg-sunken px-2.5 py-1.5 font-mono text-xs">
                  {attempt.excerpt}
                </pre>
              )}
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}

function AttemptEnd({ attempt }: { attempt: DeliveryDetail['attempts'][number] }) {
  if (attempt.status !== null) {
    const good = attempt.status >= 200 && attempt.status < 300;
    return (
      <Badge tone={good ? 'success' : 'danger'} className="font-mono tabular-nums">
        {attempt.status}
      </Badge>
    );
  }
  if (attempt.error !== null) return <span className="text-danger-text">{attempt.error}</span>;
  return <span className="text-muted">No end recorded: it runs, or its process was stopped.</span>;
}

function Sent({ delivery }: { delivery: DeliveryDetail }) {
  return (
    <section className="flex flex-col gap-2">
      <h3 className="font-medium text-sm">What is sent</h3>
      <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1 text-xs">
        <dt className="font-mono text-muted">webhook-id</dt>
        <dd className="flex min-w-0 items-center gap-1">
          <span className="break-all font-mono">{delivery.eventId}</span>
          <CopyButton text={delivery.eventId} label="Copy the event id" />
        </dd>
        {delivery.headers.map(({ name, value }) => (
          <HeaderRow key={name} name={name} value={value} />
        ))}
        <dt className="text-muted">Body</dt>
        <dd>
          <Bytes value={delivery.bodyBytes} />, sealed; it is not shown
        </dd>
        <dt className="text-muted">Kept until</dt>
        <dd suppressHydrationWarning>{new Date(delivery.keepUntil).toLocaleDateString()}</dd>
      </dl>
    </section>
  );
}

function HeaderRow({ name, value }: { name: string; value: string }) {
  return (
    <>
      <dt className="break-all font-mono text-muted">{name}</dt>
      <dd className="min-w-0 break-all font-mono">{value}</dd>
    </>
  );
}
