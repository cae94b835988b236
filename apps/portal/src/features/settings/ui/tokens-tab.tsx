'use client';

import { StateBadge } from '@parley/ui/badge';
import { Button, IconButton } from '@parley/ui/button';
import { ConfirmDialog } from '@parley/ui/dialog';
import { EmptyState } from '@parley/ui/empty-state';
import { RelativeTime } from '@parley/ui/format';
import { Menu, MenuItem } from '@parley/ui/menu';
import { Section } from '@parley/ui/page';
import { type Column, DataTable } from '@parley/ui/table';
import { Tooltip } from '@parley/ui/tooltip';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Ban, Ellipsis, KeyRound, Plus } from 'lucide-react';
import { useState } from 'react';
import { useShell } from '@/shell/shell-context.tsx';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import type { RouterOutputs } from '@/trpc/root.ts';
import { NewTokenDialog } from './new-token-dialog.tsx';

type Token = RouterOutputs['settings']['tokens']['items'][number];

const COLUMNS: readonly Column<Token>[] = [
  {
    key: 'name',
    header: 'Name',
    sortValue: (token) => token.name,
    cell: (token) => (
      <span className="flex flex-col">
        <span className="font-medium">{token.name}</span>
        <span className="font-mono text-faint text-xs">{token.masked}</span>
      </span>
    ),
  },
  {
    key: 'scopes',
    header: 'May use',
    wide: true,
    csvValue: (token) => token.scopes.join(' '),
    cell: (token) => (
      <Tooltip text={token.scopes.join(', ')}>
        <span className="text-muted">
          {token.scopes.length === 1 ? token.scopes[0] : `${token.scopes.length} permissions`}
        </span>
      </Tooltip>
    ),
  },
  {
    key: 'state',
    header: 'State',
    sortValue: (token) => token.state,
    cell: (token) => <StateBadge state={token.state} />,
  },
  {
    key: 'used',
    header: 'Last used',
    wide: true,
    sortValue: (token) => token.lastUsedAt,
    cell: (token) => <RelativeTime at={token.lastUsedAt} />,
  },
  {
    key: 'expires',
    header: 'Runs out',
    wide: true,
    sortValue: (token) => token.expiresAt,
    cell: (token) => <RelativeTime at={token.expiresAt} />,
  },
  { key: 'by', header: 'Made by', wide: true, sortValue: (token) => token.createdBy, cell: (token) => token.createdBy },
];

/** Tokens for scripts and pipelines. */
export function TokensTab({ portalUrl }: { portalUrl: string }) {
  const trpc = useTRPC();
  const { can } = useShell();
  const tokens = useQuery(trpc.settings.tokens.queryOptions({}));
  const [making, setMaking] = useState(false);
  const [revoking, setRevoking] = useState<Token | null>(null);
  const button = can('tokens.write') && (
    <Button icon={<Plus aria-hidden className="size-4" />} onClick={() => setMaking(true)}>
      New token
    </Button>
  );
  return (
    <Section
      title="Management tokens"
      description="For scripts, pipelines and the parley command line. A token never does more than its maker may do."
      actions={button}
    >
      <DataTable
        label="Management tokens"
        urlName="tok"
        columns={COLUMNS}
        rows={tokens.data?.items}
        rowKey={(token) => token.id}
        empty={
          <EmptyState icon={<KeyRound aria-hidden />} title="No tokens yet" action={button}>
            With a token, a script can do through the management API what you do here.
          </EmptyState>
        }
        rowActions={
          can('tokens.write')
            ? (token) =>
                token.state === 'active' && (
                  <Menu
                    trigger={
                      <IconButton label={`Actions for ${token.name}`} size="sm">
                        <Ellipsis />
                      </IconButton>
                    }
                  >
                    <MenuItem danger icon={<Ban aria-hidden />} onSelect={() => setRevoking(token)}>
                      Revoke
                    </MenuItem>
                  </Menu>
                )
            : undefined
        }
      />
      {making && <NewTokenDialog portalUrl={portalUrl} onClose={() => setMaking(false)} />}
      {revoking && <RevokeDialog token={revoking} onClose={() => setRevoking(null)} />}
    </Section>
  );
}

function RevokeDialog({ token, onClose }: { token: Token; onClose: () => void }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const revoke = useMutation(
    trpc.settings.revokeToken.mutationOptions({
      onSuccess: async () => {
        onClose();
        await queries.invalidateQueries(trpc.settings.tokens.queryFilter());
      },
    }),
  );
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Revoke ${token.name}?`}
      consequence="The next call with it is refused, and it cannot be brought back. Scripts that use it stop working."
      confirmLabel="Revoke"
      typeToConfirm={token.name}
      busy={revoke.isPending}
      error={faultOf(revoke.error)?.message}
      onConfirm={() => revoke.mutate({ token: token.id })}
    />
  );
}
