'use client';

import { Button } from '@parley/ui/button';
import { Dialog } from '@parley/ui/dialog';
import { Field, Input } from '@parley/ui/field';
import { Form, issueOf } from '@parley/ui/form';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import { KeyField } from './key-field.tsx';
import type { Provider } from './provider-card.tsx';
import { useRefresh } from './use-refresh.ts';

/** Adds a key to a provider. It is sealed at once and never shown again. */
export function KeyDialog({ provider, onClose }: { provider: Provider; onClose: () => void }) {
  const trpc = useTRPC();
  const refresh = useRefresh();
  const [label, setLabel] = useState(provider.keys.length === 0 ? 'main' : '');
  const [secret, setSecret] = useState('');
  const [weight, setWeight] = useState('1');
  const add = useMutation(
    trpc.providers.addKey.mutationOptions({
      onSuccess: async () => {
        await refresh();
        onClose();
      },
    }),
  );
  const fault = faultOf(add.error);
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={`Add a key to ${provider.name}`}
      description="It is stored sealed and cannot be read back, not even by you."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form="provider-key" variant="primary" busy={add.isPending}>
            Add key
          </Button>
        </>
      }
    >
      <Form
        id="provider-key"
        fault={fault}
        fields={['label', 'secret', 'weight']}
        onSubmit={() => add.mutateAsync({ provider: provider.slug, label, secret, weight: Number(weight) })}
      >
        <Field
          label="Label"
          error={issueOf(fault, 'label')}
          hint="To tell it from others, such as the account it belongs to."
        >
          <Input value={label} onChange={(event) => setLabel(event.target.value)} />
        </Field>
        <KeyField format={provider.format} value={secret} onChange={setSecret} fault={fault} hint={undefined} />
        <Field
          label="Weight"
          error={issueOf(fault, 'weight')}
          hint="With several keys, a key of weight 2 gets twice the calls of one of weight 1."
        >
          <Input
            inputMode="numeric"
            value={weight}
            onChange={(event) => setWeight(event.target.value)}
            className="w-28"
          />
        </Field>
      </Form>
    </Dialog>
  );
}
