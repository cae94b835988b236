'use client';

import { Badge } from '@parley/ui/badge';
import { Button } from '@parley/ui/button';
import { TitledCard } from '@parley/ui/card';
import { ConfirmDialog } from '@parley/ui/dialog';
import { Field, Input } from '@parley/ui/field';
import { Form, issueOf } from '@parley/ui/form';
import { SkeletonRows } from '@parley/ui/skeleton';
import { toast } from '@parley/ui/toast';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import type { RouterOutputs } from '@/trpc/root.ts';
import { PasswordCard } from './password-card.tsx';

type Person = RouterOutputs['settings']['person'];

/** One's own account: it is the same in every tenant. */
export function ProfileTab() {
  const trpc = useTRPC();
  const person = useQuery(trpc.settings.person.queryOptions({}));
  if (!person.data) return <SkeletonRows rows={4} />;
  return (
    <div className="flex max-w-2xl flex-col gap-6">
      <NameCard person={person.data} />
      <PasswordCard hasPassword={person.data.hasPassword} />
      <SessionsCard />
    </div>
  );
}

function NameCard({ person }: { person: Person }) {
  const trpc = useTRPC();
  const router = useRouter();
  const [name, setName] = useState(person.name);
  const update = useMutation(
    trpc.settings.updatePerson.mutationOptions({
      onSuccess: () => {
        toast({ title: 'Name saved' });
        router.refresh();
      },
    }),
  );
  const fault = faultOf(update.error);
  return (
    <Form fault={fault} fields={['name']} onSubmit={() => update.mutateAsync({ name })}>
      <TitledCard
        title="You"
        description="Others see your name beside what you do."
        footer={
          <Button type="submit" busy={update.isPending} disabled={name === person.name}>
            Save
          </Button>
        }
      >
        <div className="flex flex-col gap-5">
          <Field label="Name" error={issueOf(fault, 'name')}>
            <Input name="name" autoComplete="name" value={name} onChange={(event) => setName(event.target.value)} />
          </Field>
          <div className="flex flex-col gap-1.5">
            <span className="font-medium text-sm">E-mail</span>
            <span className="flex flex-wrap items-center gap-2 text-muted">
              {person.email}
              {person.emailVerified ? (
                <Badge tone="success">Confirmed</Badge>
              ) : (
                <Badge tone="warning">Not confirmed yet</Badge>
              )}
            </span>
            {!person.emailVerified && (
              <span className="text-faint text-xs">
                Signing in by a mailed link confirms it. Your password is then asked for anew, to be sure it is yours.
              </span>
            )}
          </div>
        </div>
      </TitledCard>
    </Form>
  );
}

function SessionsCard() {
  const trpc = useTRPC();
  const [asking, setAsking] = useState(false);
  const end = useMutation(
    trpc.settings.signOutEverywhere.mutationOptions({ onSuccess: () => window.location.assign('/sign-in?ended=yes') }),
  );
  return (
    <TitledCard title="Sessions" description="Every browser in which you are signed in, this one too.">
      <Button onClick={() => setAsking(true)}>Sign out everywhere</Button>
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title="Sign out everywhere?"
        consequence="All your sessions end at once, and you sign in again here. Management tokens and API keys go on working."
        confirmLabel="Sign out everywhere"
        busy={end.isPending || end.isSuccess}
        error={faultOf(end.error)?.message}
        onConfirm={() => end.mutate({})}
      />
    </TitledCard>
  );
}
