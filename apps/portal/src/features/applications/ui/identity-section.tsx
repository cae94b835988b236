'use client';

import { Badge } from '@parley/ui/badge';
import { Button, IconButton } from '@parley/ui/button';
import { Card } from '@parley/ui/card';
import { ConfirmDialog } from '@parley/ui/dialog';
import { EmptyState } from '@parley/ui/empty-state';
import { RelativeTime } from '@parley/ui/format';
import { Menu, MenuItem } from '@parley/ui/menu';
import { Notice, Section } from '@parley/ui/page';
import { SkeletonRows } from '@parley/ui/skeleton';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { EllipsisVertical, IdCard, Plus, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import { IDENTITY_WORDS, type Identity, knownBy } from '@/words/identity-words.ts';
import type { Application } from './application-types.ts';
import { NewIdentityDialog } from './new-identity-dialog.tsx';
import { ScopeList } from './scope-list.tsx';

/** What the application is known by besides its keys: clients of issuers, shared secrets, certificates. */
export function IdentitySection({ application, mayWrite }: { application: Application; mayWrite: boolean }) {
  const trpc = useTRPC();
  const { data, error } = useQuery(trpc.applications.identities.list.queryOptions({ application: application.slug }));
  const [adding, setAdding] = useState(false);
  const [removing, setRemoving] = useState<Identity | null>(null);
  const fault = faultOf(error);
  const add = mayWrite && (
    <Button icon={<Plus aria-hidden className="size-4" />} onClick={() => setAdding(true)}>
      Add identity
    </Button>
  );
  return (
    <Section
      title="Identities"
      description="For APIs that take other credentials than API keys: tokens of an issuer, signed requests, certificates."
      actions={data && data.items.length > 0 ? add : undefined}
    >
      {fault ? (
        <Notice tone="danger" title={fault.message} />
      ) : data === undefined ? (
        <SkeletonRows rows={1} />
      ) : data.items.length === 0 ? (
        <EmptyState icon={<IdCard />} title="No identity yet" action={add}>
          API keys are enough for most APIs. Add an identity when an API’s page asks for one.
        </EmptyState>
      ) : (
        <ul aria-label="Identities" className="flex flex-col gap-2">
          {data.items.map((identity) => (
            <li key={identity.id}>
              <IdentityCard identity={identity} onRemove={mayWrite ? () => setRemoving(identity) : null} />
            </li>
          ))}
        </ul>
      )}
      {adding && <NewIdentityDialog application={application} onClose={() => setAdding(false)} />}
      {removing && <RemoveDialog application={application} identity={removing} onClose={() => setRemoving(null)} />}
    </Section>
  );
}

function IdentityCard({ identity, onRemove }: { identity: Identity; onRemove: (() => void) | null }) {
  return (
    <Card className="flex items-start gap-3 px-4 py-3">
      <div className="flex min-w-0 flex-1 flex-col gap-1.5">
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <h3 className="min-w-0 break-words font-medium text-sm">{identity.name}</h3>
          <Badge>{IDENTITY_WORDS[identity.kind].name}</Badge>
        </div>
        <p className="break-all font-mono text-muted text-xs">{knownBy(identity)}</p>
        <ScopeList scopes={identity.scopes} />
        <p className="text-faint text-xs">
          added <RelativeTime at={identity.createdAt} />
        </p>
      </div>
      {onRemove && (
        <Menu
          trigger={
            <IconButton size="sm" label={`Act on ${identity.name}`}>
              <EllipsisVertical />
            </IconButton>
          }
        >
          <MenuItem danger icon={<Trash2 aria-hidden />} onSelect={onRemove}>
            Remove…
          </MenuItem>
        </Menu>
      )}
    </Card>
  );
}

interface RemoveProps {
  readonly application: Application;
  readonly identity: Identity;
  readonly onClose: () => void;
}

function RemoveDialog({ application, identity, onClose }: RemoveProps) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const remove = useMutation(
    trpc.applications.identities.remove.mutationOptions({
      onSuccess: async () => {
        await queries.invalidateQueries({ queryKey: trpc.applications.identities.pathKey() });
        onClose();
      },
    }),
  );
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Remove “${identity.name}”?`}
      consequence="Calls with this credential are refused within a second. Others may register it afterwards; a removed shared secret is gone for good."
      confirmLabel="Remove identity"
      typeToConfirm={identity.name}
      busy={remove.isPending}
      error={faultOf(remove.error)?.message}
      onConfirm={() => remove.mutate({ application: application.slug, identity: identity.id })}
    />
  );
}
