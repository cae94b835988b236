'use client';

import { Button } from '@parley/ui/button';
import { Dialog } from '@parley/ui/dialog';
import { Field, Input, Select } from '@parley/ui/field';
import { Form, issueOf } from '@parley/ui/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import type { Application } from './application-types.ts';
import { EXPIRY_CHOICES, expiryIn } from './expiry-choice.ts';
import { RevealDialog } from './reveal-dialog.tsx';
import { ScopesField, scopesOf } from './scopes-field.tsx';

/** Makes a key, then shows its secret once. */
export function CreateKeyDialog({ application, onClose }: { application: Application; onClose: () => void }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const formId = useId();
  const [name, setName] = useState('');
  const [days, setDays] = useState('');
  const [scopes, setScopes] = useState('');
  const create = useMutation(trpc.applications.keys.create.mutationOptions());
  const fault = faultOf(create.error);
  const submit = async (): Promise<void> => {
    const expiresAt = expiryIn(days);
    await create.mutateAsync({
      application: application.slug,
      name,
      scopes: scopesOf(scopes),
      ...(expiresAt ? { expiresAt } : {}),
    });
    await queries.invalidateQueries({ queryKey: trpc.applications.pathKey() });
  };
  if (create.data) return <RevealDialog revealed={create.data} onClose={onClose} />;
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="New API key"
      description={`For ${application.name}.`}
      size="sm"
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={formId} variant="primary" busy={create.isPending}>
            Make key
          </Button>
        </>
      }
    >
      <Form id={formId} fault={fault} fields={['name', 'expiresAt', 'scopes']} onSubmit={submit}>
        <Field label="Name" hint="Where it will be used, so that you know it later." error={issueOf(fault, 'name')}>
          <Input value={name} onChange={(event) => setName(event.target.value)} placeholder="Production server" />
        </Field>
        <Field label="Expires" error={issueOf(fault, 'expiresAt')}>
          <Select value={days} onChange={(event) => setDays(event.target.value)} options={EXPIRY_CHOICES} />
        </Field>
        <ScopesField value={scopes} onChange={setScopes} error={issueOf(fault, 'scopes')} />
      </Form>
    </Dialog>
  );
}
