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
import { AMOUNT_FIELDS, amountsAsked, amountsOf, KeyAmountFields } from './key-limits.tsx';
import type { Provider } from './provider-card.tsx';
import { useRefresh } from './use-refresh.ts';

/** Adds a key to a provider. It is sealed at once and never shown again. */
export function KeyDialog({ provider, onClose }: { provider: Provider; onClose: () => void }) {
  const trpc = useTRPC();
  const refresh = useRefresh();
  const [label, setLabel] = useState(provider.keys.length === 0 ? 'main' : '');
  const [secret, setSecret] = useState('');
  const [amounts, setAmounts] = useState(amountsOf(1, {}));
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
        fields={['label', 'secret', ...AMOUNT_FIELDS]}
        onSubmit={() => add.mutateAsync({ provider: provider.slug, label, secret, ...amountsAsked(amounts) })}
      >
        <Field
          label="Label"
          error={issueOf(fault, 'label')}
          hint="To tell it from others, such as the account it belongs to."
        >
          <Input value={label} onChange={(event) => setLabel(event.target.value)} />
        </Field>
        <KeyField format={provider.format} value={secret} onChange={setSecret} fault={fault} hint={undefined} />
        <KeyAmountFields value={amounts} onChange={setAmounts} fault={fault} />
      </Form>
    </Dialog>
  );
}
