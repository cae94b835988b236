'use client';

import { Button, IconButton } from '@parley/ui/button';
import { RelativeTime } from '@parley/ui/format';
import { Link } from '@parley/ui/link';
import { Sheet } from '@parley/ui/sheet';
import { SkeletonRows } from '@parley/ui/skeleton';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { clsx } from 'clsx';
import { Bell } from 'lucide-react';
import { useState } from 'react';
import { useTRPC } from '@/trpc/client.tsx';

/** The bell with the number of unread notices; opens the list of them. */
export function NotificationBell() {
  const trpc = useTRPC();
  const [open, setOpen] = useState(false);
  const unread = useQuery(trpc.shell.unread.queryOptions({}, { refetchInterval: 30_000 }));
  const count = unread.data?.count ?? 0;
  return (
    <>
      <span className="relative">
        <IconButton
          label={count === 0 ? 'Notifications' : `Notifications, ${count} unread`}
          onClick={() => setOpen(true)}
        >
          <Bell />
        </IconButton>
        {count > 0 && (
          <span
            aria-hidden
            className="pointer-events-none absolute top-0.5 right-0.5 flex h-4 min-w-4 items-center justify-center rounded-full bg-accent px-1 font-semibold text-[10px] text-on-accent tabular-nums"
          >
            {count > 99 ? '99+' : count}
          </span>
        )}
      </span>
      <Sheet open={open} onOpenChange={setOpen} title="Notifications">
        {open && <NotificationList onFollow={() => setOpen(false)} />}
      </Sheet>
    </>
  );
}

function NotificationList({ onFollow }: { onFollow: () => void }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const list = useQuery(trpc.shell.notifications.queryOptions({ limit: 50 }));
  const mark = useMutation(
    trpc.shell.markRead.mutationOptions({
      onSuccess: () =>
        Promise.all([
          queries.invalidateQueries(trpc.shell.unread.queryFilter()),
          queries.invalidateQueries(trpc.shell.notifications.queryFilter()),
        ]),
    }),
  );
  if (list.isPending) return <SkeletonRows rows={4} />;
  if (list.isError) return <p className="text-danger-text">{list.error.message}</p>;
  const { items } = list.data;
  if (items.length === 0) {
    return (
      <p className="py-12 text-center text-muted">
        Nothing yet. Requests for access, decisions and expiring keys show up here.
      </p>
    );
  }
  return (
    <div className="flex flex-col gap-3">
      {items.some((item) => item.readAt === null) && (
        <Button size="sm" className="self-end" busy={mark.isPending} onClick={() => mark.mutate({})}>
          Mark all as read
        </Button>
      )}
      <ul className="-mx-2 flex flex-col gap-px">
        {items.map((item) => (
          <li key={item.id}>
            <Link
              href={item.href || '#'}
              onClick={() => {
                if (item.readAt === null) mark.mutate({ ids: [item.id] });
                onFollow();
              }}
              className="flex gap-3 rounded-md px-2 py-2.5 hover:bg-hover"
            >
              <span
                aria-hidden
                className={clsx(
                  'mt-1.5 size-2 shrink-0 rounded-full',
                  item.readAt === null ? 'bg-accent' : 'bg-transparent',
                )}
              />
              <span className="min-w-0 flex-1">
                <span className={clsx('block', item.readAt === null && 'font-medium')}>{item.title}</span>
                {item.body && <span className="block whitespace-pre-line text-muted">{item.body}</span>}
                <span className="text-faint text-xs">
                  <RelativeTime at={item.createdAt} />
                  {item.readAt === null && <span className="sr-only"> (unread)</span>}
                </span>
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </div>
  );
}
