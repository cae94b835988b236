'use client';

import { Badge } from '@parley/ui/badge';
import { Button } from '@parley/ui/button';
import { TitledCard } from '@parley/ui/card';
import { Count, RelativeTime } from '@parley/ui/format';
import { useMutation, useQuery } from '@tanstack/react-query';
import { KeyRound } from 'lucide-react';
import { useState } from 'react';
import { useShell } from '@/shell/shell-context.tsx';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import type { Api } from '../types.ts';
import type { Destination } from './delivery-words.ts';
import { SigningSecretDialog } from './signing-secret-dialog.tsx';
import { useRefreshEvents } from './use-deliveries.ts';

/** Where an API's events go, whether that takes them, and what they are signed with. */
export function Destinations({ api }: { api: Api }) {
  const trpc = useTRPC();
  const [signing, setSigning] = useState<Destination | null>(null);
  const found = useQuery(trpc.apis.destinations.queryOptions({ api: api.slug }));
  const items = found.data?.items ?? [];
  if (items.length === 0) return null;
  return (
    <TitledCard
      title="Destinations"
      description="Upstreams that get this API’s events. Each checks them by a signing secret of its own."
    >
      <ul className="-mx-5 -my-4 divide-y">
        {items.map((item) => (
          <Row key={item.upstream} item={item} onSign={() => setSigning(item)} />
        ))}
      </ul>
      {signing && <SigningSecretDialog destination={signing} onClose={() => setSigning(null)} />}
    </TitledCard>
  );
}

function Row({ item, onSign }: { item: Destination; onSign: () => void }) {
  const trpc = useTRPC();
  const { can } = useShell();
  const onSettled = useRefreshEvents();
  const enable = useMutation(trpc.apis.enableDestination.mutationOptions({ onSettled }));
  const error = faultOf(enable.error);
  return (
    <li className="flex flex-col gap-2 px-5 py-3 md:flex-row md:items-center md:gap-6">
      <div className="flex min-w-0 flex-1 flex-col gap-0.5">
        <span className="flex flex-wrap items-center gap-2 font-medium text-sm">
          {item.name}
          {item.disabledAt ? <Badge tone="danger">Switched off</Badge> : <Badge tone="success">Takes events</Badge>}
          {item.pending > 0 && (
            <span className="font-normal text-muted text-xs">
              <Count value={item.pending} /> on their way
            </span>
          )}
        </span>
        <span className="break-all font-mono text-faint text-xs">{item.baseUrl}</span>
        <SecretLine item={item} />
        {item.disabledAt && (
          <p className="text-danger-text text-sm">
            {item.disabledReason} (<RelativeTime at={item.disabledAt} />)
          </p>
        )}
        {error && (
          <p role="alert" className="text-danger-text text-sm">
            {error.message}
          </p>
        )}
      </div>
      {can('upstreams.write') && (
        <div className="flex flex-wrap gap-2">
          {item.disabledAt && (
            <Button size="sm" busy={enable.isPending} onClick={() => enable.mutate({ upstream: item.upstream })}>
              Switch on
            </Button>
          )}
          <Button size="sm" icon={<KeyRound aria-hidden className="size-3.5" />} onClick={onSign}>
            {item.secrets.length === 0 ? 'Make the signing secret' : 'Rotate the signing secret'}
          </Button>
        </div>
      )}
    </li>
  );
}

function SecretLine({ item }: { item: Destination }) {
  const [current, ...older] = item.secrets;
  if (!current) {
    return <p className="text-muted text-xs">No signing secret yet: one is made with the first delivery, or by you.</p>;
  }
  return (
    <p className="flex flex-wrap gap-x-2 text-muted text-xs">
      <span>
        Signed with <code className="font-mono">{current.masked}</code>, made <RelativeTime at={current.createdAt} />
      </span>
      {older.map((secret) => (
        <span key={secret.masked} className="text-warning-text">
          and with <code className="font-mono">{secret.masked}</code>, which ends <RelativeTime at={secret.expiresAt} />
        </span>
      ))}
    </p>
  );
}
