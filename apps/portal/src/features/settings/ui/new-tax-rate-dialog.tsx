'use client';

import { Button } from '@parley/ui/button';
import { Dialog } from '@parley/ui/dialog';
import { Checkbox, Field, Input } from '@parley/ui/field';
import { Form, issueOf } from '@parley/ui/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';

/** A rate of tax: what it is called, how much, and whom it is for. */
export function NewTaxRateDialog({ onClose }: { onClose: () => void }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const [draft, setDraft] = useState({ name: '', percent: '', country: '', region: '', reverseCharge: false });
  const set = (more: Partial<typeof draft>): void => setDraft({ ...draft, ...more });
  const create = useMutation(
    trpc.settings.createTaxRate.mutationOptions({
      onSuccess: async () => {
        await queries.invalidateQueries(trpc.settings.taxRates.pathFilter());
        onClose();
      },
    }),
  );
  const fault = faultOf(create.error);
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Add a tax rate"
      description="Invoices issued from now on add it for customers it fits. A rate is never changed: end it and add another."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form="new-tax-rate" variant="primary" busy={create.isPending}>
            Add rate
          </Button>
        </>
      }
    >
      <Form
        id="new-tax-rate"
        fault={fault}
        fields={['name', 'percent', 'country', 'region']}
        onSubmit={() => create.mutateAsync(draft)}
      >
        <div className="grid gap-5 sm:grid-cols-2">
          <Field label="Name" hint="As invoices show it, like VAT." error={issueOf(fault, 'name')}>
            <Input value={draft.name} autoComplete="off" onChange={(event) => set({ name: event.target.value })} />
          </Field>
          <Field label="Percent" hint="Like 19 or 9.975." error={issueOf(fault, 'percent')}>
            <Input
              value={draft.percent}
              inputMode="decimal"
              onChange={(event) => set({ percent: event.target.value })}
            />
          </Field>
          <Field
            label="Country"
            optional
            hint="Two letters. Empty: countries that no other rate names."
            error={issueOf(fault, 'country')}
          >
            <Input
              value={draft.country}
              maxLength={2}
              autoComplete="off"
              onChange={(event) => set({ country: event.target.value })}
            />
          </Field>
          <Field label="State or province" optional hint="Empty: the whole country." error={issueOf(fault, 'region')}>
            <Input
              value={draft.region}
              maxLength={3}
              autoComplete="off"
              onChange={(event) => set({ region: event.target.value })}
            />
          </Field>
        </div>
        <Checkbox
          label="Reverse charge"
          hint="Customers with a tax number in another country than yours pay none and are told to account for it."
          checked={draft.reverseCharge}
          onChange={(reverseCharge) => set({ reverseCharge })}
        />
      </Form>
    </Dialog>
  );
}
