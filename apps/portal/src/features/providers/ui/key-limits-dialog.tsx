'use client';

import { Button } from '@parley/ui/button';
import { Dialog } from '@parley/ui/dialog';
import { Form } from '@parley/ui/form';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import { AMOUNT_FIELDS, amountsAsked, amountsOf, KeyAmountFields } from './key-limits.tsx';
import type { Provider } from './provider-card.tsx';
import { useRefresh } from './use-refresh.ts';

/** Changes how many calls a provider's key takes. */
export function KeyLimitsDialog({
  provider,
  of: { id, label, weight, limits },
  onClose,
}: {
  provider: Provider;
  of: Provider['keys'][number];
  onClose: () => void;
}) {
  const trpc = useTRPC();
  const refresh = useRefresh();
  const [amounts, setAmounts] = useState(amountsOf(weight, limits));
  const save = useMutation(
    trpc.providers.updateKey.mutationOptions({
      onSuccess: async () => {
        await refresh();
        onClose();
      },
    }),
  );
  const fault = faultOf(save.error);
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={`Weight and limits of “${label}”`}
      description="They hold for new calls within a second."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form="provider-key-limits" variant="primary" busy={save.isPending}>
            Save
          </Button>
        </>
      }
    >
      <Form
        id="provider-key-limits"
        fault={fault}
        fields={AMOUNT_FIELDS}
        onSubmit={() => save.mutateAsync({ provider: provider.slug, key: id, ...amountsAsked(amounts) })}
      >
        <KeyAmountFields value={amounts} onChange={setAmounts} fault={fault} />
      </Form>
    </Dialog>
  );
}
