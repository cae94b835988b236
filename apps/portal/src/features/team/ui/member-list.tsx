'use client';

import { Badge } from '@parley/ui/badge';
import { IconButton } from '@parley/ui/button';
import { ConfirmDialog } from '@parley/ui/dialog';
import { RelativeTime } from '@parley/ui/format';
import { Menu, MenuItem } from '@parley/ui/menu';
import { type Column, DataTable } from '@parley/ui/table';
import { toast } from '@parley/ui/toast';
import { useMutation } from '@tanstack/react-query';
import { Ellipsis, LogOut, Shield, UserMinus } from 'lucide-react';
import { useState } from 'react';
import { useShell } from '@/shell/shell-context.tsx';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import { ChangeRoleDialog } from './change-role-dialog.tsx';
import type { Member } from './team-types.ts';
import { useRefreshTeam } from './use-team.ts';

const COLUMNS: readonly Column<Member>[] = [
  {
    key: 'name',
    header: 'Name',
    sortValue: (member) => member.name,
    cell: (member) => (
      <span className="flex min-w-0 flex-col">
        <span className="flex items-center gap-2 font-medium">
          {member.name}
          {member.you && <Badge>You</Badge>}
        </span>
        <span className="text-muted text-xs md:hidden">{member.email}</span>
      </span>
    ),
  },
  {
    key: 'email',
    header: 'E-mail',
    wide: true,
    sortValue: (member) => member.email,
    cell: (member) => <span className="text-muted">{member.email}</span>,
  },
  { key: 'role', header: 'Role', sortValue: (member) => member.role.name, cell: (member) => member.role.name },
  {
    key: 'teams',
    header: 'Teams',
    wide: true,
    csvValue: (member) => member.teams.map((team) => team.name).join(', '),
    cell: (member) => (
      <span className="flex flex-wrap gap-1">
        {member.teams.map((team) => (
          <Badge key={team.id}>{team.name}</Badge>
        ))}
      </span>
    ),
  },
  {
    key: 'joined',
    header: 'Joined',
    wide: true,
    sortValue: (member) => member.joinedAt,
    cell: (member) => (
      <span className="text-muted">
        <RelativeTime at={member.joinedAt} />
      </span>
    ),
  },
];

/** The members, with what may be done to each. */
export function MemberList({ members }: { members: readonly Member[] | undefined }) {
  const { can } = useShell();
  const [changing, setChanging] = useState<Member | null>(null);
  const [removing, setRemoving] = useState<Member | null>(null);
  const manage = can('members.write');
  return (
    <>
      <DataTable
        label="Members"
        columns={COLUMNS}
        rows={members}
        rowKey={(member) => member.id}
        initialSort="name"
        filterText={(member) => `${member.name} ${member.email} ${member.role.name}`}
        empty={null}
        rowActions={(member) =>
          (manage || member.you) && (
            <Menu
              trigger={
                <IconButton label={`Actions for ${member.name}`} size="sm">
                  <Ellipsis />
                </IconButton>
              }
            >
              {manage && (
                <MenuItem icon={<Shield aria-hidden />} onSelect={() => setChanging(member)}>
                  Change role
                </MenuItem>
              )}
              <MenuItem
                danger
                icon={member.you ? <LogOut aria-hidden /> : <UserMinus aria-hidden />}
                onSelect={() => setRemoving(member)}
              >
                {member.you ? 'Leave this tenant' : 'Remove'}
              </MenuItem>
            </Menu>
          )
        }
      />
      {changing && <ChangeRoleDialog member={changing} onClose={() => setChanging(null)} />}
      {removing && <RemoveDialog member={removing} onClose={() => setRemoving(null)} />}
    </>
  );
}

function RemoveDialog({ member, onClose }: { member: Member; onClose: () => void }) {
  const trpc = useTRPC();
  const { tenant } = useShell();
  const refresh = useRefreshTeam();
  const remove = useMutation(
    trpc.team.remove.mutationOptions({
      onSuccess: async () => {
        onClose();
        toast({ title: `${member.name} was removed` });
        await refresh();
      },
    }),
  );
  const leave = useMutation(trpc.team.leave.mutationOptions({ onSuccess: () => window.location.assign('/open') }));
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={member.you ? `Leave ${tenant.name}?` : `Remove ${member.name}?`}
      consequence={
        member.you
          ? 'You lose access at once, and management tokens you made stop working. Somebody must invite you to come back.'
          : `${member.name} loses access at once, and management tokens they made stop working. API keys of applications go on working.`
      }
      confirmLabel={member.you ? 'Leave' : 'Remove'}
      busy={remove.isPending || leave.isPending}
      error={faultOf(remove.error ?? leave.error)?.message}
      onConfirm={() => (member.you ? leave.mutate({}) : remove.mutate({ membershipId: member.id }))}
    />
  );
}
