'use client';

import { Button } from '@parley/ui/button';
import { Dialog } from '@parley/ui/dialog';
import { Form, issueOf } from '@parley/ui/form';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import { RoleField } from './role-field.tsx';
import type { Member } from './team-types.ts';
import { useRefreshTeam } from './use-team.ts';

export function ChangeRoleDialog({ member, onClose }: { member: Member; onClose: () => void }) {
  const trpc = useTRPC();
  const refresh = useRefreshTeam();
  const [role, setRole] = useState(member.role.slug);
  const change = useMutation(
    trpc.team.changeRole.mutationOptions({
      onSuccess: async () => {
        onClose();
        await refresh();
      },
    }),
  );
  const fault = faultOf(change.error);
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      size="sm"
      title={`Change the role of ${member.name}`}
      description="It counts from their next click."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            type="submit"
            form="change-role"
            variant="primary"
            busy={change.isPending}
            disabled={role === member.role.slug}
          >
            Change role
          </Button>
        </>
      }
    >
      <Form
        id="change-role"
        fault={fault}
        fields={['role']}
        onSubmit={() => change.mutateAsync({ membershipId: member.id, role })}
      >
        <RoleField value={role} error={issueOf(fault, 'role')} onChange={setRole} />
      </Form>
    </Dialog>
  );
}
