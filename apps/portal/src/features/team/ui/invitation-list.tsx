'use client';

import { StateBadge } from '@parley/ui/badge';
import { Button, IconButton } from '@parley/ui/button';
import { ConfirmDialog } from '@parley/ui/dialog';
import { EmptyState } from '@parley/ui/empty-state';
import { RelativeTime } from '@parley/ui/format';
import { Menu, MenuItem } from '@parley/ui/menu';
import { type Column, DataTable } from '@parley/ui/table';
import { toast } from '@parley/ui/toast';
import { useMutation } from '@tanstack/react-query';
import { Ellipsis, MailPlus, Send, X } from 'lucide-react';
import { useState } from 'react';
import { useShell } from '@/shell/shell-context.tsx';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import type { Invitation } from './team-types.ts';
import { useRefreshTeam } from './use-team.ts';

const COLUMNS: readonly Column<Invitation>[] = [
  {
    key: 'email',
    header: 'E-mail',
    sortValue: (row) => row.email,
    cell: (row) => <span className="font-medium">{row.email}</span>,
  },
  { key: 'role', header: 'Role', sortValue: (row) => row.role.name, cell: (row) => row.role.name },
  {
    key: 'state',
    header: 'State',
    sortValue: (row) => row.state,
    cell: (row) => <StateBadge state={row.state} {...(row.state === 'revoked' ? { label: 'Withdrawn' } : {})} />,
  },
  {
    key: 'sent',
    header: 'Sent',
    wide: true,
    sortValue: (row) => row.createdAt,
    cell: (row) => <RelativeTime at={row.createdAt} />,
  },
  {
    key: 'expires',
    header: 'Runs out',
    wide: true,
    sortValue: (row) => row.expiresAt,
    cell: (row) => (row.state === 'revoked' ? '–' : <RelativeTime at={row.expiresAt} />),
  },
];

/** Invitations that were not accepted. */
export function InvitationList({
  invitations,
  onInvite,
}: {
  invitations: readonly Invitation[] | undefined;
  onInvite: () => void;
}) {
  const trpc = useTRPC();
  const { can } = useShell();
  const refresh = useRefreshTeam();
  const [revoking, setRevoking] = useState<Invitation | null>(null);
  const resend = useMutation(
    trpc.team.resendInvitation.mutationOptions({
      onSuccess: async (invitation) => {
        toast({ title: 'Sent again', body: `${invitation.email} has another week; the earlier link no longer works.` });
        await refresh();
      },
      onError: (error) => toast({ tone: 'danger', title: error.message }),
    }),
  );
  return (
    <>
      <DataTable
        label="Invitations"
        urlName="inv"
        columns={COLUMNS}
        rows={invitations}
        rowKey={(row) => row.id}
        empty={
          <EmptyState
            icon={<MailPlus aria-hidden />}
            title="No open invitations"
            action={can('members.write') && <Button onClick={onInvite}>Invite somebody</Button>}
          >
            Invited people choose their own password and join with the role you give them.
          </EmptyState>
        }
        rowActions={
          can('members.write')
            ? (row) =>
                row.state !== 'revoked' && (
                  <Menu
                    trigger={
                      <IconButton label={`Actions for ${row.email}`} size="sm">
                        <Ellipsis />
                      </IconButton>
                    }
                  >
                    <MenuItem icon={<Send aria-hidden />} onSelect={() => resend.mutate({ invitationId: row.id })}>
                      Send again
                    </MenuItem>
                    <MenuItem danger icon={<X aria-hidden />} onSelect={() => setRevoking(row)}>
                      Withdraw
                    </MenuItem>
                  </Menu>
                )
            : undefined
        }
      />
      {revoking && <RevokeDialog invitation={revoking} onClose={() => setRevoking(null)} />}
    </>
  );
}

function RevokeDialog({ invitation, onClose }: { invitation: Invitation; onClose: () => void }) {
  const trpc = useTRPC();
  const refresh = useRefreshTeam();
  const revoke = useMutation(
    trpc.team.revokeInvitation.mutationOptions({
      onSuccess: async () => {
        onClose();
        await refresh();
      },
    }),
  );
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Withdraw the invitation?"
      consequence={`The link mailed to ${invitation.email} stops working at once.`}
      confirmLabel="Withdraw"
      busy={revoke.isPending}
      error={faultOf(revoke.error)?.message}
      onConfirm={() => revoke.mutate({ invitationId: invitation.id })}
    />
  );
}
