'use client';

import type { BillingDetails } from '@parley/contracts/billing-details';
import { Button } from '@parley/ui/button';
import { Dialog } from '@parley/ui/dialog';
import { Form } from '@parley/ui/form';
import { toast } from '@parley/ui/toast';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { DETAIL_FIELDS, DetailFields } from '@/billing-details/fields.tsx';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';

interface Account {
  readonly id: string;
  readonly publisher: { readonly name: string };
  readonly details: BillingDetails | null;
}

const NOTHING: BillingDetails = { legalName: '', address: '', country: '', region: '', taxId: '', email: '' };

/** Who one is on a publisher's invoices. */
export function DetailsDialog({ account, onClose }: { account: Account; onClose: () => void }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const [values, setValues] = useState<BillingDetails>(account.details ?? NOTHING);
  const save = useMutation(
    trpc.billing.setDetails.mutationOptions({
      onSuccess: async () => {
        onClose();
        toast({ title: 'Saved', body: 'Invoices issued from now on say so.' });
        await queries.invalidateQueries(trpc.billing.pathFilter());
      },
    }),
  );
  const fault = faultOf(save.error);
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Details for invoices"
      description={`What invoices from ${account.publisher.name} say of you. Your country decides which tax they add.`}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form="billing-details" variant="primary" busy={save.isPending}>
            Save
          </Button>
        </>
      }
    >
      <Form
        id="billing-details"
        fault={fault}
        fields={DETAIL_FIELDS}
        onSubmit={() => save.mutateAsync({ account: account.id, ...values })}
      >
        <DetailFields values={values} fault={fault} onChange={(more) => setValues({ ...values, ...more })} />
      </Form>
    </Dialog>
  );
}
