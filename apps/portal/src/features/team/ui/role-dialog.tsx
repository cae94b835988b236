'use client';

import { Button } from '@parley/ui/button';
import { Dialog } from '@parley/ui/dialog';
import { Field, Input } from '@parley/ui/field';
import { Form, issueOf } from '@parley/ui/form';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { PermissionPicker } from '@/permissions/permission-picker.tsx';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import type { Role } from './team-types.ts';
import { useRefreshTeam } from './use-team.ts';

/** Makes a custom role, or changes one. */
export function RoleDialog({ role, onClose }: { role: Role | null; onClose: () => void }) {
  const trpc = useTRPC();
  const refresh = useRefreshTeam();
  const [name, setName] = useState(role?.name ?? '');
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set(role?.permissions));
  const done = async (): Promise<void> => {
    onClose();
    await refresh();
  };
  const create = useMutation(trpc.team.createRole.mutationOptions({ onSuccess: done }));
  const update = useMutation(trpc.team.updateRole.mutationOptions({ onSuccess: done }));
  const fault = faultOf(create.error ?? update.error);
  const permissions = [...chosen];
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={role ? `Change ${role.name}` : 'New role'}
      description="You can give what you hold yourself. Changes count from the next click of whoever has the role."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form="role" variant="primary" busy={create.isPending || update.isPending}>
            {role ? 'Save' : 'Create role'}
          </Button>
        </>
      }
    >
      <Form
        id="role"
        fault={fault}
        fields={['name', 'slug', 'permissions']}
        onSubmit={() =>
          role ? update.mutateAsync({ roleId: role.id, name, permissions }) : create.mutateAsync({ name, permissions })
        }
      >
        <Field label="Name" error={issueOf(fault, 'name')}>
          <Input name="name" value={name} onChange={(event) => setName(event.target.value)} />
        </Field>
        <PermissionPicker
          label="What it allows"
          chosen={chosen}
          error={issueOf(fault, 'permissions')}
          onChange={setChosen}
        />
      </Form>
    </Dialog>
  );
}
