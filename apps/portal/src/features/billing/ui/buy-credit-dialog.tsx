'use client';

import { Button } from '@parley/ui/button';
import { Dialog } from '@parley/ui/dialog';
import { Field, Input } from '@parley/ui/field';
import { Form, issueOf } from '@parley/ui/form';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';

interface Account {
  readonly id: string;
  readonly currency: string;
  readonly publisher: { readonly name: string };
}

/** How much credit to buy; the card is asked for on the page that follows. */
export function BuyCreditDialog({ account, onClose }: { account: Account; onClose: () => void }) {
  const trpc = useTRPC();
  const [amount, setAmount] = useState('25');
  const buy = useMutation(
    trpc.billing.buyCredit.mutationOptions({ onSuccess: ({ url }) => window.location.assign(url) }),
  );
  const fault = faultOf(buy.error);
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Buy credit"
      description={`It pays for what you use of ${account.publisher.name}, and is there once the payment is confirmed.`}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form="buy-credit" variant="primary" busy={buy.isPending}>
            Go to payment
          </Button>
        </>
      }
    >
      <Form
        id="buy-credit"
        fault={fault}
        fields={['amount']}
        onSubmit={() => buy.mutateAsync({ account: account.id, amount })}
      >
        <Field label="Amount" hint={`In ${account.currency}, like 25 or 12.50.`} error={issueOf(fault, 'amount')}>
          <Input value={amount} inputMode="decimal" onChange={(event) => setAmount(event.target.value)} />
        </Field>
      </Form>
    </Dialog>
  );
}
