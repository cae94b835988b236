'use client';

import { Button, ButtonLink } from '@parley/ui/button';
import { Form, type FormFault } from '@parley/ui/form';
import { Notice } from '@parley/ui/page';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { endSession, signInWithPassword } from '@/auth/client.ts';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import { AccountFields } from './account-fields.tsx';

/** For the invited person, signed in: one button. */
export function AcceptAsPerson({ token }: { token: string }) {
  const trpc = useTRPC();
  const accept = useMutation(
    trpc.identity.acceptInvitation.mutationOptions({
      onSuccess: ({ tenant }) => window.location.assign(`/t/${tenant.slug}/home`),
    }),
  );
  const fault = faultOf(accept.error);
  return (
    <>
      {fault && <Notice tone="danger" title={fault.message} />}
      <Button
        variant="primary"
        size="lg"
        busy={accept.isPending || accept.isSuccess}
        onClick={() => accept.mutate({ token })}
      >
        Accept the invitation
      </Button>
    </>
  );
}

/** The address has an account, or somebody else is signed in here. */
export function SignInFirst({ token, email, signedInAs }: { token: string; email: string; signedInAs: string | null }) {
  const signIn = `/sign-in?next=${encodeURIComponent(`/invitations/${token}`)}`;
  if (signedInAs === null) {
    return (
      <>
        <p className="text-muted">{email} has an account. Sign in with it to accept.</p>
        <ButtonLink href={signIn} variant="primary" size="lg">
          Sign in
        </ButtonLink>
      </>
    );
  }
  return (
    <>
      <Notice tone="warning" title={`You are signed in as ${signedInAs}`}>
        This invitation is for {email} only. Sign out here, then open the link in the mail again.
      </Notice>
      <Button onClick={() => void endSession()}>Sign out</Button>
    </>
  );
}

/** For an address without an account: name and password, and they are in. */
export function AcceptAsNew({ token, email }: { token: string; email: string }) {
  const trpc = useTRPC();
  const [values, setValues] = useState({ name: '', email, password: '' });
  const [fault, setFault] = useState<FormFault | null>(null);
  const [going, setGoing] = useState(false);
  const accept = useMutation(trpc.identity.acceptInvitationAsNew.mutationOptions());
  const submit = async (): Promise<void> => {
    setFault(null);
    try {
      const { tenant } = await accept.mutateAsync({ token, name: values.name, password: values.password });
      setGoing(true);
      const result = await signInWithPassword(email, values.password);
      window.location.assign(result === 'ok' ? `/t/${tenant.slug}/home` : '/sign-in');
    } catch (error) {
      setGoing(false);
      setFault(faultOf(error));
    }
  };
  return (
    <Form fault={fault} fields={['name', 'password']} onSubmit={submit}>
      <AccountFields values={values} onChange={setValues} fault={fault} emailFixed />
      <Button type="submit" variant="primary" busy={accept.isPending || going}>
        Create account and join
      </Button>
    </Form>
  );
}
