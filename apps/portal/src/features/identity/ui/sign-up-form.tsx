'use client';

import { Button } from '@parley/ui/button';
import { Form, type FormFault } from '@parley/ui/form';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { signInWithPassword } from '@/auth/client.ts';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import { AccountFields, type AccountValues } from './account-fields.tsx';

/** Makes the account and signs in; a tenant comes next. */
export function SignUpForm({ next }: { next: string }) {
  const trpc = useTRPC();
  const [values, setValues] = useState<AccountValues>({ name: '', email: '', password: '' });
  const [fault, setFault] = useState<FormFault | null>(null);
  const [going, setGoing] = useState(false);
  const signUp = useMutation(trpc.identity.signUp.mutationOptions());

  const submit = async (): Promise<void> => {
    setFault(null);
    try {
      await signUp.mutateAsync(values);
      setGoing(true);
      const result = await signInWithPassword(values.email, values.password);
      window.location.assign(result === 'ok' ? next : '/sign-in');
    } catch (error) {
      setGoing(false);
      setFault(faultOf(error));
    }
  };
  return (
    <Form fault={fault} fields={['name', 'email', 'password']} onSubmit={submit}>
      <AccountFields values={values} onChange={setValues} fault={fault} />
      <Button type="submit" variant="primary" busy={signUp.isPending || going}>
        Create account
      </Button>
    </Form>
  );
}
