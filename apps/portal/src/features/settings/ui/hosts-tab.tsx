'use client';

import { StateBadge } from '@parley/ui/badge';
import { Button, IconButton } from '@parley/ui/button';
import { Card } from '@parley/ui/card';
import { CopyButton } from '@parley/ui/copy-button';
import { ConfirmDialog } from '@parley/ui/dialog';
import { EmptyState } from '@parley/ui/empty-state';
import { RelativeTime } from '@parley/ui/format';
import { Notice, Section } from '@parley/ui/page';
import { SkeletonRows } from '@parley/ui/skeleton';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Globe, Plus, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useShell } from '@/shell/shell-context.tsx';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import type { RouterOutputs } from '@/trpc/root.ts';
import { NewHostDialog } from './new-host-dialog.tsx';

type Host = RouterOutputs['settings']['hosts']['items'][number];

/** Hosts under which the gateway serves this tenant alone: added, verified by DNS, removed. */
export function HostsTab() {
  const trpc = useTRPC();
  const { can } = useShell();
  const hosts = useQuery(trpc.settings.hosts.queryOptions({}));
  const [adding, setAdding] = useState(false);
  const [removing, setRemoving] = useState<Host | null>(null);
  const items = hosts.data?.items;
  const fault = faultOf(hosts.error);
  const add = can('tenant.write') && (
    <Button icon={<Plus aria-hidden className="size-4" />} onClick={() => setAdding(true)}>
      Add host
    </Button>
  );
  return (
    <Section
      title="Hosts"
      description="Addresses of your own, like api.acme.com, at which the gateway serves your APIs and nobody else’s."
      actions={items && items.length > 0 ? add : undefined}
    >
      {fault ? (
        <Notice tone="danger" title={fault.message} />
      ) : items === undefined ? (
        <SkeletonRows rows={2} />
      ) : items.length === 0 ? (
        <EmptyState icon={<Globe />} title="No host yet" action={add}>
          Your APIs are served at the gateway’s own address. With a host, callers see yours.
        </EmptyState>
      ) : (
        <ul aria-label="Hosts" className="flex flex-col gap-2">
          {items.map((host) => (
            <li key={host.id}>
              <HostCard host={host} onRemove={can('tenant.write') ? () => setRemoving(host) : null} />
            </li>
          ))}
        </ul>
      )}
      {adding && <NewHostDialog onClose={() => setAdding(false)} />}
      {removing && <RemoveDialog host={removing} onClose={() => setRemoving(null)} />}
    </Section>
  );
}

function HostCard({ host, onRemove }: { host: Host; onRemove: (() => void) | null }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const refresh = () => queries.invalidateQueries(trpc.settings.hosts.queryFilter());
  const verify = useMutation(trpc.settings.verifyHost.mutationOptions({ onSettled: refresh }));
  const problem = faultOf(verify.error)?.message ?? host.problem;
  return (
    <Card className="flex flex-col gap-3 px-4 py-3">
      <div className="flex items-start gap-3">
        <div className="flex min-w-0 flex-1 flex-col gap-1">
          <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
            <h3 className="min-w-0 break-all font-medium font-mono text-sm">{host.host}</h3>
            <StateBadge state={host.state} />
          </div>
          <p className="text-muted text-xs">
            {host.api === null ? 'serves all your APIs at ' : `serves ${host.api} at `}
            <code className="break-all font-mono">{host.api === null ? '/{api}/{version}/…' : '/{version}/…'}</code>
          </p>
        </div>
        {onRemove && (
          <IconButton size="sm" label={`Remove ${host.host}`} onClick={onRemove}>
            <Trash2 />
          </IconButton>
        )}
      </div>
      {host.state === 'pending' && (
        <div className="flex flex-col gap-2 text-sm">
          <p>Add this TXT record where the names of {host.host} are kept, then verify:</p>
          <Record label="Name" text={host.record.name} />
          <Record label="Value" text={host.record.value} />
          {problem && <p className="text-warning-text text-xs">{problem}</p>}
          {onRemove && (
            <Button
              size="sm"
              className="self-start"
              busy={verify.isPending}
              onClick={() => verify.mutate({ id: host.id })}
            >
              Verify
            </Button>
          )}
        </div>
      )}
      {host.verifiedAt && (
        <p className="text-faint text-xs">
          verified <RelativeTime at={host.verifiedAt} />
        </p>
      )}
    </Card>
  );
}

function Record({ label, text }: { label: string; text: string }) {
  return (
    <div className="flex items-center gap-2 rounded-md border bg-sunken px-3 py-2">
      <span className="w-12 shrink-0 text-muted text-xs">{label}</span>
      <code className="min-w-0 flex-1 select-all break-all font-mono text-xs">{text}</code>
      <CopyButton text={text} label={`Copy ${label.toLowerCase()}`} />
    </div>
  );
}

function RemoveDialog({ host, onClose }: { host: Host; onClose: () => void }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const remove = useMutation(
    trpc.settings.removeHost.mutationOptions({
      onSuccess: async () => {
        await queries.invalidateQueries(trpc.settings.hosts.queryFilter());
        onClose();
      },
    }),
  );
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Remove ${host.host}?`}
      consequence="Within a second the gateway no longer serves your APIs there. To have it back, add and verify it anew."
      confirmLabel="Remove host"
      typeToConfirm={host.host}
      busy={remove.isPending}
      error={faultOf(remove.error)?.message}
      onConfirm={() => remove.mutate({ id: host.id })}
    />
  );
}
