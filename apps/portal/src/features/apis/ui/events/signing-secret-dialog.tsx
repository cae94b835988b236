'use client';

import { Button } from '@parley/ui/button';
import { Dialog } from '@parley/ui/dialog';
import { Checkbox, Field, Select } from '@parley/ui/field';
import { Form } from '@parley/ui/form';
import { RelativeTime } from '@parley/ui/format';
import { SecretOnce } from '@parley/ui/secret-once';
import { useMutation } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import type { Destination } from './delivery-words.ts';
import { useRefreshEvents } from './use-deliveries.ts';

const OVERLAPS = [
  { value: '0', label: 'Not at all – it ends at once' },
  { value: '1', label: 'For an hour' },
  { value: '24', label: 'For a day' },
  { value: '168', label: 'For a week' },
  { value: '720', label: 'For 30 days' },
] as const;

/** Makes a signing secret: choose the overlap, then see it, this once. */
export function SigningSecretDialog({ destination, onClose }: { destination: Destination; onClose: () => void }) {
  const trpc = useTRPC();
  const formId = useId();
  const refresh = useRefreshEvents();
  const [overlap, setOverlap] = useState('24');
  const [stored, setStored] = useState(false);
  const rotate = useMutation(trpc.apis.rotateDestinationSecret.mutationOptions());
  const first = destination.secrets.length === 0;
  const submit = async (): Promise<void> => {
    await rotate.mutateAsync({ upstream: destination.upstream, overlapHours: Number(overlap) });
    await refresh();
  };
  if (rotate.data) {
    return (
      <Dialog
        open
        sticky
        onOpenChange={() => undefined}
        title={`The signing secret of “${destination.name}”`}
        footer={
          <Button variant="primary" disabled={!stored} onClick={onClose}>
            Done
          </Button>
        }
      >
        <div className="flex flex-col gap-4">
          <SecretOnce secret={rotate.data.secret} label="Signing secret">
            Copy it now and give it to the receiver: it checks with it that events come from here. It is shown this
            once.
          </SecretOnce>
          {rotate.data.overlapEndsAt && (
            <p className="text-muted text-sm">
              Until the one before ends (<RelativeTime at={rotate.data.overlapEndsAt} />
              ), events are signed with both.
            </p>
          )}
          <Checkbox label="I have copied the secret" checked={stored} onChange={setStored} />
        </div>
      </Dialog>
    );
  }
  return (
    <Dialog
      open
      onOpenChange={(next) => !next && onClose()}
      title={
        first ? `Make a signing secret for “${destination.name}”` : `Rotate the signing secret of “${destination.name}”`
      }
      description="Events carry a signature by Standard Webhooks; any of its libraries checks it with this secret."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={formId} variant="primary" busy={rotate.isPending}>
            {first ? 'Make the secret' : 'Rotate'}
          </Button>
        </>
      }
    >
      <Form id={formId} fault={faultOf(rotate.error)} onSubmit={submit}>
        {first ? (
          <p className="text-muted text-sm">There is none yet, so nothing that runs is changed by it.</p>
        ) : (
          <Field
            label="How long should the one before still sign beside it?"
            hint="Long enough to bring the new one to the receiver. Secrets whose overlap runs already end as they were told."
          >
            <Select value={overlap} onChange={(event) => setOverlap(event.target.value)} options={OVERLAPS} />
          </Field>
        )}
      </Form>
    </Dialog>
  );
}
