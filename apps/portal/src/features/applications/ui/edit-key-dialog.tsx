'use client';

import { Button } from '@parley/ui/button';
import { Dialog } from '@parley/ui/dialog';
import { Field, Input, Select } from '@parley/ui/field';
import { Form, issueOf } from '@parley/ui/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import type { Key } from './application-types.ts';
import { EXPIRY_CHOICES, expiryIn } from './expiry-choice.ts';
import { ScopesField, scopesOf } from './scopes-field.tsx';

const KEEP = 'keep';

/** Renames a key, moves its end or changes its scopes. */
export function EditKeyDialog({ apiKey, onClose }: { apiKey: Key; onClose: () => void }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const formId = useId();
  const [name, setName] = useState(apiKey.name);
  const [days, setDays] = useState(KEEP);
  const [scopes, setScopes] = useState(apiKey.scopes.join(' '));
  const update = useMutation(trpc.applications.keys.update.mutationOptions());
  const fault = faultOf(update.error);
  const kept = apiKey.expiresAt ? `As now: ${new Date(apiKey.expiresAt).toLocaleString()}` : 'As now: never';
  const submit = async (): Promise<void> => {
    await update.mutateAsync({
      id: apiKey.id,
      name,
      scopes: scopesOf(scopes),
      ...(days === KEEP ? {} : { expiresAt: expiryIn(days) ?? null }),
    });
    await queries.invalidateQueries({ queryKey: trpc.applications.keys.pathKey() });
    onClose();
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Edit “${apiKey.name}”`}
      size="sm"
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={formId} variant="primary" busy={update.isPending}>
            Save
          </Button>
        </>
      }
    >
      <Form id={formId} fault={fault} fields={['name', 'expiresAt', 'scopes']} onSubmit={submit}>
        <Field label="Name" error={issueOf(fault, 'name')}>
          <Input value={name} onChange={(event) => setName(event.target.value)} />
        </Field>
        <Field label="Expires" error={issueOf(fault, 'expiresAt')}>
          <Select
            value={days}
            onChange={(event) => setDays(event.target.value)}
            options={[{ value: KEEP, label: kept }, ...EXPIRY_CHOICES]}
          />
        </Field>
        <ScopesField value={scopes} onChange={setScopes} error={issueOf(fault, 'scopes')} />
      </Form>
    </Dialog>
  );
}
