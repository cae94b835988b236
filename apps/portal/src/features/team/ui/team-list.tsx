'use client';

import { Button, IconButton } from '@parley/ui/button';
import { TitledCard } from '@parley/ui/card';
import { ConfirmDialog, Dialog } from '@parley/ui/dialog';
import { EmptyState } from '@parley/ui/empty-state';
import { Field, Input } from '@parley/ui/field';
import { Form, issueOf } from '@parley/ui/form';
import { Menu, MenuItem, MenuLabel } from '@parley/ui/menu';
import { SkeletonRows } from '@parley/ui/skeleton';
import { toast } from '@parley/ui/toast';
import { useMutation } from '@tanstack/react-query';
import { Plus, Trash2, UserPlus, Users, X } from 'lucide-react';
import { useState } from 'react';
import { useShell } from '@/shell/shell-context.tsx';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import type { Member, Team } from './team-types.ts';
import { useRefreshTeam } from './use-team.ts';

/** Teams own APIs and applications together. */
export function TeamList({ teams, members }: { teams: readonly Team[] | undefined; members: readonly Member[] }) {
  const { can } = useShell();
  const [making, setMaking] = useState(false);
  if (!teams) return <SkeletonRows />;
  const manage = can('members.write');
  const button = manage && (
    <Button icon={<Plus aria-hidden className="size-4" />} onClick={() => setMaking(true)}>
      New team
    </Button>
  );
  return (
    <div className="flex flex-col gap-4">
      {teams.length === 0 ? (
        <EmptyState icon={<Users aria-hidden />} title="No teams yet" action={button}>
          A team owns APIs and applications together, so that they outlive whoever made them.
        </EmptyState>
      ) : (
        <>
          <div className="self-end">{button}</div>
          <div className="grid items-start gap-4 md:grid-cols-2">
            {teams.map((team) => (
              <TeamCard key={team.id} team={team} members={members} manage={manage} />
            ))}
          </div>
        </>
      )}
      {making && <NewTeamDialog onClose={() => setMaking(false)} />}
    </div>
  );
}

function TeamCard({ team, members, manage }: { team: Team; members: readonly Member[]; manage: boolean }) {
  const trpc = useTRPC();
  const refresh = useRefreshTeam();
  const [deleting, setDeleting] = useState(false);
  const after = {
    onSuccess: refresh,
    onError: (error: { message: string }) => toast({ tone: 'danger', title: error.message }),
  };
  const add = useMutation(trpc.team.addTeamMember.mutationOptions(after));
  const take = useMutation(trpc.team.removeTeamMember.mutationOptions(after));
  const remove = useMutation(trpc.team.deleteTeam.mutationOptions({ onSuccess: refresh }));
  const others = members.filter((member) => !team.members.some((one) => one.membershipId === member.id));
  return (
    <TitledCard
      title={team.name}
      description={<span className="font-mono text-xs">{team.slug}</span>}
      action={
        manage && (
          <span className="flex">
            <Menu
              trigger={
                <IconButton label={`Add a member to ${team.name}`} size="sm" disabled={others.length === 0}>
                  <UserPlus />
                </IconButton>
              }
            >
              <MenuLabel>Add to {team.name}</MenuLabel>
              {others.map((member) => (
                <MenuItem key={member.id} onSelect={() => add.mutate({ teamId: team.id, membershipId: member.id })}>
                  {member.name}
                </MenuItem>
              ))}
            </Menu>
            <IconButton label={`Delete ${team.name}`} size="sm" onClick={() => setDeleting(true)}>
              <Trash2 />
            </IconButton>
          </span>
        )
      }
    >
      {team.members.length === 0 ? (
        <p className="text-muted">Nobody is in this team yet.</p>
      ) : (
        <ul className="-my-1 flex flex-col">
          {team.members.map((member) => (
            <li key={member.membershipId} className="flex items-center gap-2 py-1">
              <span className="min-w-0 flex-1 truncate">
                {member.name} <span className="text-faint">{member.email}</span>
              </span>
              {manage && (
                <IconButton
                  label={`Take ${member.name} out of ${team.name}`}
                  size="sm"
                  onClick={() => take.mutate({ teamId: team.id, membershipId: member.membershipId })}
                >
                  <X />
                </IconButton>
              )}
            </li>
          ))}
        </ul>
      )}
      <ConfirmDialog
        open={deleting}
        onOpenChange={setDeleting}
        title={`Delete the team ${team.name}?`}
        consequence="Its members stay in the tenant. A team that owns APIs or applications cannot be deleted."
        confirmLabel="Delete"
        busy={remove.isPending}
        error={faultOf(remove.error)?.message}
        onConfirm={() => remove.mutate({ teamId: team.id })}
      />
    </TitledCard>
  );
}

function NewTeamDialog({ onClose }: { onClose: () => void }) {
  const trpc = useTRPC();
  const refresh = useRefreshTeam();
  const [name, setName] = useState('');
  const create = useMutation(
    trpc.team.createTeam.mutationOptions({
      onSuccess: async () => {
        onClose();
        await refresh();
      },
    }),
  );
  const fault = faultOf(create.error);
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      size="sm"
      title="New team"
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form="new-team" variant="primary" busy={create.isPending}>
            Create team
          </Button>
        </>
      }
    >
      <Form id="new-team" fault={fault} fields={['name']} onSubmit={() => create.mutateAsync({ name })}>
        <Field label="Name" error={issueOf(fault, 'name')}>
          <Input name="name" value={name} onChange={(event) => setName(event.target.value)} />
        </Field>
      </Form>
    </Dialog>
  );
}
