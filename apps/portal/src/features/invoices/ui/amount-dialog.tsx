'use client';

import { Button } from '@parley/ui/button';
import { Dialog } from '@parley/ui/dialog';
import { Field, Input } from '@parley/ui/field';
import { Form, issueOf } from '@parley/ui/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';

interface Invoice {
  readonly id: string;
  readonly name: string;
  readonly due: string;
  readonly currency: string;
}

const WORDS = {
  pay: {
    title: 'Record a payment for',
    description: 'Money that arrived outside of Parley. What is more than due is owed back; Stripe asks for the rest.',
    why: 'Reference',
    hint: 'The bank’s. The same reference counts once.',
    button: 'Record payment',
  },
  credit: {
    title: 'Credit note for',
    description: 'Takes an amount off, tax included. What was paid already is owed back.',
    why: 'Reason',
    hint: 'The customer reads it.',
    button: 'Write credit note',
  },
} as const;

/** An amount that was paid for an invoice, or is taken off it. */
export function AmountDialog({
  invoice,
  act,
  onClose,
}: {
  invoice: Invoice;
  act: 'pay' | 'credit';
  onClose: () => void;
}) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  // The same through every try of this dialog, so that a repeat writes nothing twice.
  const [key] = useState(() => crypto.randomUUID());
  const [amount, setAmount] = useState(invoice.due === '0' ? '' : invoice.due);
  const [why, setWhy] = useState('');
  const done = {
    onSuccess: async () => {
      onClose();
      await queries.invalidateQueries(trpc.invoices.pathFilter());
    },
  };
  const pay = useMutation(trpc.invoices.recordPayment.mutationOptions(done));
  const credit = useMutation(trpc.invoices.credit.mutationOptions(done));
  const words = WORDS[act];
  const fault = faultOf(act === 'pay' ? pay.error : credit.error);
  const whyPath = act === 'pay' ? 'reference' : 'reason';
  const submit = () =>
    act === 'pay'
      ? pay.mutateAsync({ invoice: invoice.id, amount, reference: why })
      : credit.mutateAsync({ invoice: invoice.id, amount, reason: why, key });
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`${words.title} ${invoice.name}`}
      description={words.description}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form="invoice-amount" variant="primary" busy={pay.isPending || credit.isPending}>
            {words.button}
          </Button>
        </>
      }
    >
      <Form id="invoice-amount" fault={fault} fields={['amount', whyPath]} onSubmit={submit}>
        <Field label="Amount" hint={`In ${invoice.currency}, like 25.00.`} error={issueOf(fault, 'amount')}>
          <Input value={amount} inputMode="decimal" onChange={(event) => setAmount(event.target.value)} />
        </Field>
        <Field label={words.why} hint={words.hint} error={issueOf(fault, whyPath)}>
          <Input value={why} onChange={(event) => setWhy(event.target.value)} />
        </Field>
      </Form>
    </Dialog>
  );
}
