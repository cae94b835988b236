'use client';

import { Button } from '@parley/ui/button';
import { CodeBlock } from '@parley/ui/code-block';
import { CopyButton } from '@parley/ui/copy-button';
import { Dialog } from '@parley/ui/dialog';
import { Field, Input, Select } from '@parley/ui/field';
import { Form, issueOf } from '@parley/ui/form';
import { Notice } from '@parley/ui/page';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { PermissionPicker } from '@/permissions/permission-picker.tsx';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';

const DAYS = [
  { value: '7', label: 'In a week' },
  { value: '30', label: 'In 30 days' },
  { value: '90', label: 'In 90 days' },
  { value: '365', label: 'In a year' },
  { value: '', label: 'Never' },
];

/** Makes a token and shows its secret, this once. */
export function NewTokenDialog({ portalUrl, onClose }: { portalUrl: string; onClose: () => void }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const [name, setName] = useState('');
  const [days, setDays] = useState('90');
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const create = useMutation(
    trpc.settings.createToken.mutationOptions({
      onSuccess: () => queries.invalidateQueries(trpc.settings.tokens.queryFilter()),
    }),
  );
  const fault = faultOf(create.error);
  if (create.data)
    return <SecretDialog secret={create.data.secret} name={create.data.name} portalUrl={portalUrl} onClose={onClose} />;
  const submit = () =>
    create.mutateAsync({
      name,
      scopes: [...chosen],
      ...(days ? { expiresAt: new Date(Date.now() + Number(days) * 86_400_000).toISOString() } : {}),
    });
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="New management token"
      description="Give it only what its script needs."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form="new-token" variant="primary" busy={create.isPending}>
            Make token
          </Button>
        </>
      }
    >
      <Form id="new-token" fault={fault} fields={['name', 'scopes', 'expiresAt']} onSubmit={submit}>
        <div className="grid gap-5 sm:grid-cols-2">
          <Field label="Name" error={issueOf(fault, 'name')}>
            <Input
              name="name"
              placeholder="Deploy pipeline"
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
          </Field>
          <Field label="Runs out" error={issueOf(fault, 'expiresAt')}>
            <Select name="expires" value={days} options={DAYS} onChange={(event) => setDays(event.target.value)} />
          </Field>
        </div>
        <PermissionPicker
          label="What it may do"
          chosen={chosen}
          error={issueOf(fault, 'scopes')}
          onChange={setChosen}
        />
      </Form>
    </Dialog>
  );
}

function SecretDialog({
  secret,
  name,
  portalUrl,
  onClose,
}: {
  secret: string;
  name: string;
  portalUrl: string;
  onClose: () => void;
}) {
  return (
    <Dialog
      open
      sticky
      onOpenChange={onClose}
      title={`The secret of ${name}`}
      footer={
        <Button variant="primary" onClick={onClose}>
          I have stored it
        </Button>
      }
    >
      <div className="flex min-w-0 flex-col gap-4">
        <Notice tone="warning" title="Shown this once">
          Copy it now to where your script reads it. Parley keeps only a fingerprint and cannot show it again.
        </Notice>
        <div className="flex items-center gap-2 rounded-md border bg-sunken py-1.5 pr-1.5 pl-3">
          <code data-testid="secret" className="min-w-0 flex-1 break-all font-mono text-xs">
            {secret}
          </code>
          <CopyButton text={secret} withLabel />
        </div>
        <CodeBlock
          wrap
          snippets={[
            { label: 'Try it', code: `curl ${portalUrl}/api/v1/tenant \\\n  -H "Authorization: Bearer ${secret}"` },
          ]}
        />
      </div>
    </Dialog>
  );
}
