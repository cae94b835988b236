'use client';

import { Button } from '@parley/ui/button';
import { Dialog } from '@parley/ui/dialog';
import { Checkbox, Field, Select } from '@parley/ui/field';
import { Form } from '@parley/ui/form';
import { RelativeTime } from '@parley/ui/format';
import { SecretOnce } from '@parley/ui/secret-once';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useId, useRef, useState } from 'react';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import type { Key, RevealedKey } from './application-types.ts';

const GRACES = [
  { value: '0', label: 'Not at all – they stop at once' },
  { value: '3600', label: 'For an hour' },
  { value: '86400', label: 'For a day' },
  { value: '604800', label: 'For a week' },
  { value: '2592000', label: 'For 30 days' },
] as const;

/** Gives a key a new secret: choose the grace, then see old and new side by side. */
export function RotateKeyDialog({ apiKey, onClose }: { apiKey: Key; onClose: () => void }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const formId = useId();
  const [grace, setGrace] = useState('86400');
  // One id for this dialog: pressing twice, or sending again after a lost answer, rotates once.
  const requestId = useRef(crypto.randomUUID());
  const rotate = useMutation(trpc.applications.keys.rotate.mutationOptions());
  const submit = async (): Promise<void> => {
    await rotate.mutateAsync({ id: apiKey.id, graceSeconds: Number(grace), requestId: requestId.current });
    await queries.invalidateQueries({ queryKey: trpc.applications.keys.pathKey() });
  };
  if (rotate.data) return <RotatedDialog rotated={rotate.data} onClose={onClose} />;
  const open = apiKey.secrets.filter((secret) => secret.state !== 'ended');
  return (
    <Dialog
      open
      onOpenChange={(next) => !next && onClose()}
      title={`Rotate “${apiKey.name}”`}
      description="Makes a new secret for the same key. Its subscriptions and usage stay with it."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={formId} variant="primary" busy={rotate.isPending}>
            Rotate
          </Button>
        </>
      }
    >
      <Form id={formId} fault={faultOf(rotate.error)} onSubmit={submit}>
        <div className="text-sm">
          <p className="font-medium">In use now</p>
          <ul className="mt-1 flex flex-col gap-1">
            {open.map((secret) => (
              <li key={secret.id} className="flex flex-wrap items-center gap-x-2">
                <code className="font-mono text-muted text-xs">{secret.masked}</code>
                {secret.state === 'grace' && (
                  <span className="text-warning-text text-xs">
                    already replaced; ends <RelativeTime at={secret.expiresAt} />
                  </span>
                )}
              </li>
            ))}
          </ul>
          <p className="mt-1 text-faint text-xs">
            This key was last used <RelativeTime at={apiKey.lastUsedAt} />.
          </p>
        </div>
        <Field
          label="How long should what is in use still be accepted?"
          hint="Long enough to bring the new one everywhere."
        >
          <Select value={grace} onChange={(event) => setGrace(event.target.value)} options={GRACES} />
        </Field>
      </Form>
    </Dialog>
  );
}

function RotatedDialog({ rotated, onClose }: { rotated: RevealedKey; onClose: () => void }) {
  const [stored, setStored] = useState(false);
  const [, ...older] = rotated.secrets;
  return (
    <Dialog
      open
      sticky
      size="lg"
      onOpenChange={() => undefined}
      title={`“${rotated.name}” has a new secret`}
      footer={
        <Button variant="primary" disabled={!stored} onClick={onClose}>
          Done
        </Button>
      }
    >
      <div className="flex flex-col gap-5">
        <section className="flex flex-col gap-2">
          <h3 className="font-medium text-sm">New – use this from now on</h3>
          <SecretOnce secret={rotated.secret} label="New API key" />
        </section>
        <section className="flex flex-col gap-2">
          <h3 className="font-medium text-sm">Old</h3>
          <ul aria-label="Old secrets" className="divide-y rounded-md border text-sm">
            {older.map((secret) => (
              <li key={secret.id} className="flex flex-wrap items-center justify-between gap-x-4 px-3 py-2">
                <code className="font-mono text-muted text-xs">{secret.masked}</code>
                {secret.state === 'grace' ? (
                  <span className="text-warning-text text-xs">
                    accepted until{' '}
                    <span suppressHydrationWarning>{new Date(secret.expiresAt ?? '').toLocaleString()}</span> (
                    <RelativeTime at={secret.expiresAt} />)
                  </span>
                ) : (
                  <span className="text-danger-text text-xs">no longer accepted</span>
                )}
              </li>
            ))}
          </ul>
          <p className="text-faint text-xs">
            The key was last used <RelativeTime at={rotated.lastUsedAt} />.
          </p>
        </section>
        <Checkbox label="I have copied the new key" checked={stored} onChange={setStored} />
      </div>
    </Dialog>
  );
}
