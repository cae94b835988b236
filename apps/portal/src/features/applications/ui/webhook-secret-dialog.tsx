'use client';

import { Button } from '@parley/ui/button';
import { Dialog } from '@parley/ui/dialog';
import { Checkbox, Field, Input, Select } from '@parley/ui/field';
import { Form, issueOf } from '@parley/ui/form';
import { SecretOnce } from '@parley/ui/secret-once';
import { Segmented } from '@parley/ui/segmented';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import type { Application, WebhookSecret } from './application-types.ts';

const OVERLAPS = [
  { value: '0', label: 'Not at all – it stops at once' },
  { value: '1', label: 'For an hour' },
  { value: '24', label: 'For a day' },
  { value: '168', label: 'For a week' },
  { value: '720', label: 'For 30 days' },
] as const;
const SOURCES = [
  { value: 'made', label: 'Make one' },
  { value: 'given', label: 'I have one' },
] as const;

interface Props {
  readonly application: Application;
  /** The one that is rotated; `null` for a new one. */
  readonly current: WebhookSecret | null;
  readonly onClose: () => void;
}

/** Keeps a secret that a third party shows, or makes one to give to it; one that was made is shown this once. */
export function WebhookSecretDialog({ application, current, onClose }: Props) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const formId = useId();
  const [name, setName] = useState(current?.name ?? '');
  const [source, setSource] = useState<'made' | 'given'>('made');
  const [secret, setSecret] = useState('');
  const [overlap, setOverlap] = useState('24');
  const set = useMutation(trpc.applications.webhookSecrets.set.mutationOptions());
  const fault = faultOf(set.error);
  const submit = async (): Promise<void> => {
    const { secret: made } = await set.mutateAsync({
      application: application.slug,
      ...(name === '' ? {} : { name }),
      ...(source === 'given' ? { secret } : {}),
      overlapHours: Number(overlap),
    });
    await queries.invalidateQueries(trpc.applications.webhookSecrets.pathFilter());
    if (made === null) onClose();
  };
  if (set.data?.secret) return <Revealed name={set.data.name} secret={set.data.secret} onClose={onClose} />;
  return (
    <Dialog
      open
      onOpenChange={(next) => !next && onClose()}
      title={current ? `Rotate the webhook secret “${current.name}”` : 'Add a webhook secret'}
      description="What a third party signs its calls with. It is kept sealed and never shown again."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={formId} variant="primary" busy={set.isPending}>
            {source === 'made' ? 'Make the secret' : 'Keep the secret'}
          </Button>
        </>
      }
    >
      <Form id={formId} fault={fault} onSubmit={submit}>
        {!current && (
          <Field
            label="Name"
            hint="The policy “Inbound webhook” means it by this name, like github."
            error={issueOf(fault, 'name')}
          >
            <Input value={name} placeholder="default" onChange={(event) => setName(event.target.value)} />
          </Field>
        )}
        <Segmented label="Where the secret comes from" segments={SOURCES} value={source} onChange={setSource} />
        {source === 'given' ? (
          <Field
            label="Secret"
            hint="Exactly as the third party shows it: Stripe’s and Slack’s signing secrets, for example."
            error={issueOf(fault, 'secret')}
          >
            <Input
              type="password"
              autoComplete="off"
              value={secret}
              onChange={(event) => setSecret(event.target.value)}
            />
          </Field>
        ) : (
          <p className="text-muted text-sm">
            For senders that let you choose, like GitHub: you see it once, and paste it there.
          </p>
        )}
        {current && (
          <Field
            label="How long should the one before still be accepted?"
            hint="Long enough to change it at the sender."
            error={issueOf(fault, 'overlapHours')}
          >
            <Select value={overlap} onChange={(event) => setOverlap(event.target.value)} options={OVERLAPS} />
          </Field>
        )}
      </Form>
    </Dialog>
  );
}

function Revealed({ name, secret, onClose }: { name: string; secret: string; onClose: () => void }) {
  const [stored, setStored] = useState(false);
  return (
    <Dialog
      open
      sticky
      onOpenChange={() => undefined}
      title={`The webhook secret “${name}”`}
      footer={
        <Button variant="primary" disabled={!stored} onClick={onClose}>
          Done
        </Button>
      }
    >
      <div className="flex flex-col gap-4">
        <SecretOnce secret={secret} label="Webhook secret">
          Copy it now and paste it where the sender asks for its secret. It is shown this once.
        </SecretOnce>
        <Checkbox label="I have copied the secret" checked={stored} onChange={setStored} />
      </div>
    </Dialog>
  );
}
