'use client';

import { Button } from '@parley/ui/button';
import { Dialog } from '@parley/ui/dialog';
import { Field, Input } from '@parley/ui/field';
import { Form, issueOf } from '@parley/ui/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';

const WORDS = {
  void: {
    title: 'Void',
    description:
      'For one issued by mistake. It keeps its number and asks for nothing; what is on it is not invoiced again.',
    button: 'Void invoice',
  },
  writeOff: {
    title: 'Give up',
    description: 'What is due is written off, and Stripe stops asking. A payment that comes after all still counts.',
    button: 'Give up',
  },
} as const;

/** Ends an invoice without payment, for a reason the customer reads. */
export function EndDialog({
  invoice,
  act,
  onClose,
}: {
  invoice: { readonly id: string; readonly name: string };
  act: 'void' | 'writeOff';
  onClose: () => void;
}) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const [reason, setReason] = useState('');
  const done = {
    onSuccess: async () => {
      onClose();
      await queries.invalidateQueries(trpc.invoices.pathFilter());
    },
  };
  const voiding = useMutation(trpc.invoices.void.mutationOptions(done));
  const writingOff = useMutation(trpc.invoices.writeOff.mutationOptions(done));
  const mutation = act === 'void' ? voiding : writingOff;
  const fault = faultOf(mutation.error);
  const words = WORDS[act];
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`${words.title} ${invoice.name}`}
      description={words.description}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form="end-invoice" variant="danger" busy={mutation.isPending}>
            {words.button}
          </Button>
        </>
      }
    >
      <Form
        id="end-invoice"
        fault={fault}
        fields={['reason']}
        onSubmit={() => mutation.mutateAsync({ invoice: invoice.id, reason })}
      >
        <Field label="Reason" hint="The customer reads it." error={issueOf(fault, 'reason')}>
          <Input value={reason} onChange={(event) => setReason(event.target.value)} />
        </Field>
      </Form>
    </Dialog>
  );
}
