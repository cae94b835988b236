'use client';

import { Button } from '@parley/ui/button';
import { Dialog } from '@parley/ui/dialog';
import { Field, Input, Select, Textarea } from '@parley/ui/field';
import { Form, issueOf } from '@parley/ui/form';
import { toast } from '@parley/ui/toast';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';

const KINDS = [
  { value: 'promotional', label: 'A gift' },
  { value: 'purchased', label: 'Paid for elsewhere' },
];
const SHOWN = ['customer', 'amount', 'kind', 'expiresAt', 'note'];

/** Credit for a customer: given, or booked because it was paid for outside of Parley. */
export function GiveCreditDialog({ customer, onClose }: { customer?: string; onClose: () => void }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  // The same through every try of this dialog, so that a repeat gives nothing twice.
  const [key] = useState(() => crypto.randomUUID());
  const [draft, setDraft] = useState({ customer: customer ?? '', amount: '', kind: 'promotional', ends: '', note: '' });
  const set = (more: Partial<typeof draft>): void => setDraft({ ...draft, ...more });
  const give = useMutation(
    trpc.customers.giveCredit.mutationOptions({
      onSuccess: async (grant) => {
        onClose();
        toast({ title: 'Credit given', body: `${grant.amount} is spent before anything is invoiced.` });
        await queries.invalidateQueries(trpc.customers.pathFilter());
      },
    }),
  );
  const fault = faultOf(give.error);
  const submit = () =>
    give.mutateAsync({
      customer: draft.customer,
      amount: draft.amount,
      kind: draft.kind === 'purchased' ? 'purchased' : 'promotional',
      note: draft.note,
      key,
      ...(draft.ends ? { expiresAt: new Date(`${draft.ends}T23:59:59.999`).toISOString() } : {}),
    });
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Give credit"
      description="It pays for what is used, and for what is used already and not invoiced yet, before any invoice is written."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form="give-credit" variant="primary" busy={give.isPending}>
            Give credit
          </Button>
        </>
      }
    >
      <Form id="give-credit" fault={fault} fields={SHOWN} onSubmit={submit}>
        {customer === undefined && (
          <Field
            label="Customer"
            hint="The short name of an organisation that has subscribed to one of your APIs."
            error={issueOf(fault, 'customer')}
          >
            <Input
              value={draft.customer}
              autoComplete="off"
              onChange={(event) => set({ customer: event.target.value })}
            />
          </Field>
        )}
        <Field label="Amount" hint="In your currency, like 25.00." error={issueOf(fault, 'amount')}>
          <Input value={draft.amount} inputMode="decimal" onChange={(event) => set({ amount: event.target.value })} />
        </Field>
        <Field
          label="Kind"
          hint="What was paid for is owed back when it is taken back; a gift is not."
          error={issueOf(fault, 'kind')}
        >
          <Select value={draft.kind} options={KINDS} onChange={(event) => set({ kind: event.target.value })} />
        </Field>
        <Field label="Last day" optional hint="It pays for nothing after that." error={issueOf(fault, 'expiresAt')}>
          <Input type="date" value={draft.ends} onChange={(event) => set({ ends: event.target.value })} />
        </Field>
        <Field label="Note" optional hint="The customer reads it." error={issueOf(fault, 'note')}>
          <Textarea rows={2} value={draft.note} onChange={(event) => set({ note: event.target.value })} />
        </Field>
      </Form>
    </Dialog>
  );
}
