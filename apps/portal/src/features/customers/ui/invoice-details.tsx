'use client';

import { Button } from '@parley/ui/button';
import { Dialog } from '@parley/ui/dialog';
import { Field, Input } from '@parley/ui/field';
import { Form, issueOf } from '@parley/ui/form';
import { Section } from '@parley/ui/page';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useShell } from '@/shell/shell-context.tsx';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import type { Account } from './standing.tsx';

/** Who the customer is on invoices, as it says itself, and whether tax is charged. */
export function InvoiceDetails({ account }: { account: Account }) {
  const { can } = useShell();
  const trpc = useTRPC();
  const queries = useQueryClient();
  const [asking, setAsking] = useState(false);
  const refresh = { onSuccess: () => queries.invalidateQueries(trpc.customers.pathFilter()) };
  const charge = useMutation(trpc.customers.exempt.mutationOptions(refresh));
  const { details, taxExemption } = account;
  const place = [details?.region, details?.country].filter(Boolean).join(', ');
  const rows = details
    ? [details.legalName, details.address, place, details.taxId && `Tax no. ${details.taxId}`, details.email]
    : [];
  return (
    <Section
      title="On invoices"
      description="The customer says this itself, on its Billing page."
      actions={
        can('billing.write') &&
        (taxExemption === null ? (
          <Button onClick={() => setAsking(true)}>Charge no tax</Button>
        ) : (
          <Button busy={charge.isPending} onClick={() => charge.mutate({ account: account.id, exempt: false })}>
            Charge tax again
          </Button>
        ))
      }
    >
      <p className="whitespace-pre-line break-words text-sm">
        {rows.filter(Boolean).join('\n') || 'Nothing has been said yet: invoices show its name alone.'}
      </p>
      {taxExemption !== null && <p className="text-muted text-sm">Exempt from tax: {taxExemption}</p>}
      {asking && <ExemptDialog account={account} onClose={() => setAsking(false)} />}
    </Section>
  );
}

function ExemptDialog({ account, onClose }: { account: Account; onClose: () => void }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const [reason, setReason] = useState('');
  const exempt = useMutation(
    trpc.customers.exempt.mutationOptions({
      onSuccess: async () => {
        onClose();
        await queries.invalidateQueries(trpc.customers.pathFilter());
      },
    }),
  );
  const fault = faultOf(exempt.error);
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Charge ${account.customer.name} no tax`}
      description="On invoices issued from now on. They show the reason."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form="exempt" variant="primary" busy={exempt.isPending}>
            Charge no tax
          </Button>
        </>
      }
    >
      <Form
        id="exempt"
        fault={fault}
        fields={['reason']}
        onSubmit={() => exempt.mutateAsync({ account: account.id, exempt: true, reason })}
      >
        <Field label="Reason" hint="The certificate or the law, as invoices show it." error={issueOf(fault, 'reason')}>
          <Input value={reason} onChange={(event) => setReason(event.target.value)} />
        </Field>
      </Form>
    </Dialog>
  );
}
