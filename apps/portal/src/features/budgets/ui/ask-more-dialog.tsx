'use client';

import { Button } from '@parley/ui/button';
import { Dialog } from '@parley/ui/dialog';
import { Field, Input, Select, Textarea } from '@parley/ui/field';
import { Form, issueOf } from '@parley/ui/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import type { Budget } from './budget-words.ts';

const DAY_MS = 86_400_000;
const UNTIL = [
  { value: '1', label: 'For a day' },
  { value: '3', label: 'For three days' },
  { value: '7', label: 'For a week' },
  { value: '30', label: 'For 30 days' },
];

/** Asks for more of a budget for a while; it ends by itself. */
export function AskMoreDialog({ budget, onClose }: { budget: Budget; onClose: () => void }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const formId = useId();
  const [amount, setAmount] = useState('');
  const [days, setDays] = useState('7');
  const [reason, setReason] = useState('');
  const ask = useMutation(trpc.budgets.requestIncrease.mutationOptions());
  const fault = faultOf(ask.error);
  const submit = async (): Promise<void> => {
    const endsAt = new Date(Date.now() + Number(days) * DAY_MS).toISOString();
    await ask.mutateAsync({ budget: budget.slug, amount, reason, endsAt });
    await queries.invalidateQueries({ queryKey: trpc.budgets.pathKey() });
    onClose();
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`More of “${budget.name}”`}
      description="Somebody else who may change budgets decides. It ends by itself."
      size="sm"
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={formId} variant="primary" busy={ask.isPending}>
            Ask
          </Button>
        </>
      }
    >
      <Form id={formId} fault={fault} fields={['amount', 'endsAt', 'reason']} onSubmit={submit}>
        <Field label={`On top, in ${budget.currency}`} error={issueOf(fault, 'amount')}>
          <Input inputMode="decimal" value={amount} onChange={(event) => setAmount(event.target.value)} />
        </Field>
        <Field label="How long" error={issueOf(fault, 'endsAt')}>
          <Select value={days} onChange={(event) => setDays(event.target.value)} options={UNTIL} />
        </Field>
        <Field label="What for" error={issueOf(fault, 'reason')}>
          <Textarea rows={3} value={reason} onChange={(event) => setReason(event.target.value)} />
        </Field>
      </Form>
    </Dialog>
  );
}
