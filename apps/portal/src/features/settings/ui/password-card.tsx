'use client';

import { Button } from '@parley/ui/button';
import { TitledCard } from '@parley/ui/card';
import { Field, Input } from '@parley/ui/field';
import { Form, issueOf } from '@parley/ui/form';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { PasswordField } from '@/password/password-field.tsx';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';

/** Changes the password, or sets the first one of somebody who signs in by mail. Both end every session. */
export function PasswordCard({ hasPassword }: { hasPassword: boolean }) {
  const trpc = useTRPC();
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const change = useMutation(
    trpc.settings.changePassword.mutationOptions({ onSuccess: () => window.location.assign('/sign-in?ended=yes') }),
  );
  const fault = faultOf(change.error);
  return (
    <Form fault={fault} fields={['current', 'next']} onSubmit={() => change.mutateAsync({ current, next })}>
      <TitledCard
        title="Password"
        description={
          hasPassword
            ? 'Changing it ends every session; you sign in again with the new one.'
            : 'You sign in by mailed links. With a password you need no mail.'
        }
        footer={
          <Button type="submit" busy={change.isPending || change.isSuccess} disabled={next === ''}>
            {hasPassword ? 'Change password' : 'Set password'}
          </Button>
        }
      >
        <div className="flex flex-col gap-5">
          {hasPassword && (
            <Field label="Current password" error={issueOf(fault, 'current')}>
              <Input
                type="password"
                name="current-password"
                autoComplete="current-password"
                value={current}
                onChange={(event) => setCurrent(event.target.value)}
              />
            </Field>
          )}
          <PasswordField label="New password" value={next} error={issueOf(fault, 'next')} onChange={setNext} />
        </div>
      </TitledCard>
    </Form>
  );
}
