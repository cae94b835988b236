'use client';

import { Badge } from '@parley/ui/badge';
import { Button, IconButton } from '@parley/ui/button';
import { Card } from '@parley/ui/card';
import { ConfirmDialog } from '@parley/ui/dialog';
import { Menu, MenuItem } from '@parley/ui/menu';
import { Section } from '@parley/ui/page';
import { SkeletonRows } from '@parley/ui/skeleton';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Ellipsis, Pencil, Plus, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useShell } from '@/shell/shell-context.tsx';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import { PermissionMatrix } from './permission-matrix.tsx';
import { RoleDialog } from './role-dialog.tsx';
import type { Role } from './team-types.ts';
import { useRefreshTeam } from './use-team.ts';

/** Roles, and beneath them the table of what each allows. */
export function RoleList() {
  const trpc = useTRPC();
  const { can } = useShell();
  const roles = useQuery(trpc.team.roles.queryOptions({}));
  const [editing, setEditing] = useState<Role | 'new' | null>(null);
  const [deleting, setDeleting] = useState<Role | null>(null);
  if (!roles.data) return <SkeletonRows />;
  return (
    <div className="flex flex-col gap-8">
      <Section
        title="Roles"
        description="Five are built in. Make your own where none of them fits."
        actions={
          can('members.write') && (
            <Button icon={<Plus aria-hidden className="size-4" />} onClick={() => setEditing('new')}>
              New role
            </Button>
          )
        }
      >
        <div className="grid gap-3 md:grid-cols-2 lg:grid-cols-3">
          {roles.data.items.map((role) => (
            <Card key={role.id} className="flex items-start gap-2 p-4">
              <div className="min-w-0 flex-1">
                <h3 className="flex items-center gap-2 font-medium">
                  <span className="truncate">{role.name}</span>
                  {!role.builtIn && <Badge tone="accent">Custom</Badge>}
                </h3>
                <p className="mt-1 text-muted">
                  {role.summary || `${role.permissions.length} permissions, listed below.`}
                </p>
                <p className="mt-2 text-faint text-xs">{role.members === 1 ? '1 member' : `${role.members} members`}</p>
              </div>
              {!role.builtIn && can('members.write') && (
                <Menu
                  trigger={
                    <IconButton label={`Actions for ${role.name}`} size="sm">
                      <Ellipsis />
                    </IconButton>
                  }
                >
                  <MenuItem icon={<Pencil aria-hidden />} onSelect={() => setEditing(role)}>
                    Change
                  </MenuItem>
                  <MenuItem danger icon={<Trash2 aria-hidden />} onSelect={() => setDeleting(role)}>
                    Delete
                  </MenuItem>
                </Menu>
              )}
            </Card>
          ))}
        </div>
      </Section>
      <Section title="What each role may do">
        <PermissionMatrix roles={roles.data.items} />
      </Section>
      {editing && <RoleDialog role={editing === 'new' ? null : editing} onClose={() => setEditing(null)} />}
      {deleting && <DeleteDialog role={deleting} onClose={() => setDeleting(null)} />}
    </div>
  );
}

function DeleteDialog({ role, onClose }: { role: Role; onClose: () => void }) {
  const trpc = useTRPC();
  const refresh = useRefreshTeam();
  const remove = useMutation(
    trpc.team.deleteRole.mutationOptions({
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
      title={`Delete the role ${role.name}?`}
      consequence="Only a role that nobody holds and no open invitation offers can be deleted."
      confirmLabel="Delete"
      busy={remove.isPending}
      error={faultOf(remove.error)?.message}
      onConfirm={() => remove.mutate({ roleId: role.id })}
    />
  );
}
