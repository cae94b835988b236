'use client';

import { Button } from '@parley/ui/button';
import { Dialog } from '@parley/ui/dialog';
import { Field, Input } from '@parley/ui/field';
import { Form, issueOf } from '@parley/ui/form';
import { toast } from '@parley/ui/toast';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useShell } from '@/shell/shell-context.tsx';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import { RoleField } from './role-field.tsx';
import { useRefreshTeam } from './use-team.ts';

export function InviteDialog({ onClose }: { onClose: () => void }) {
  const trpc = useTRPC();
  const { tenant } = useShell();
  const refresh = useRefreshTeam();
  const [email, setEmail] = useState('');
  const [role, setRole] = useState('developer');
  const invite = useMutation(
    trpc.team.invite.mutationOptions({
      onSuccess: async (invitation) => {
        onClose();
        toast({ title: 'Invitation sent', body: `${invitation.email} has a week to accept it.` });
        await refresh();
      },
    }),
  );
  const fault = faultOf(invite.error);
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      size="sm"
      title={`Invite somebody to ${tenant.name}`}
      description="They get a mail with a link that works for a week, for this address only."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form="invite" variant="primary" busy={invite.isPending}>
            Send invitation
          </Button>
        </>
      }
    >
      <Form id="invite" fault={fault} fields={['email', 'role']} onSubmit={() => invite.mutateAsync({ email, role })}>
        <Field label="E-mail" error={issueOf(fault, 'email')}>
          <Input
            type="email"
            name="email"
            autoComplete="off"
            value={email}
            onChange={(event) => setEmail(event.target.value)}
          />
        </Field>
        <RoleField value={role} error={issueOf(fault, 'role')} onChange={setRole} />
      </Form>
    </Dialog>
  );
}
