'use client';

import type { BillingProfile } from '@parley/contracts/billing-details';
import { Button } from '@parley/ui/button';
import { TitledCard } from '@parley/ui/card';
import { Field, Textarea } from '@parley/ui/field';
import { Form, issueOf } from '@parley/ui/form';
import { Notice } from '@parley/ui/page';
import { SkeletonRows } from '@parley/ui/skeleton';
import { toast } from '@parley/ui/toast';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { DETAIL_FIELDS, DetailFields } from '@/billing-details/fields.tsx';
import { useShell } from '@/shell/shell-context.tsx';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import { TaxRates } from './tax-rates.tsx';

/** What the invoices that the tenant issues say of it, and the tax they add. */
export function InvoicesTab() {
  const trpc = useTRPC();
  const profile = useQuery(trpc.settings.billingProfile.queryOptions({}));
  const fault = faultOf(profile.error);
  return (
    <div className="flex max-w-2xl flex-col gap-8">
      {fault && <Notice tone="danger" title={fault.message} />}
      {profile.data ? <ProfileForm profile={profile.data} /> : !fault && <SkeletonRows rows={6} />}
      <TaxRates />
    </div>
  );
}

function ProfileForm({ profile }: { profile: BillingProfile }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const { can } = useShell();
  const [values, setValues] = useState(profile);
  const change = (more: Partial<BillingProfile>): void => setValues({ ...values, ...more });
  const save = useMutation(
    trpc.settings.setBillingProfile.mutationOptions({
      onSuccess: async (saved) => {
        setValues(saved);
        toast({ title: 'Saved', body: 'Invoices issued from now on say so.' });
        await queries.invalidateQueries(trpc.settings.billingProfile.queryFilter());
      },
    }),
  );
  const fault = faultOf(save.error);
  const readOnly = !can('billing.write');
  return (
    <Form
      fault={fault}
      fields={[...DETAIL_FIELDS, 'paymentDetails', 'footer']}
      onSubmit={() => save.mutateAsync(values)}
    >
      <TitledCard
        title="On your invoices"
        description="What invoices to customers of your APIs say of you. Those already issued stay as they are."
        footer={
          !readOnly && (
            <Button type="submit" variant="primary" busy={save.isPending}>
              Save
            </Button>
          )
        }
      >
        <fieldset disabled={readOnly} className="flex flex-col gap-5">
          <DetailFields values={values} fault={fault} onChange={change} />
          <Field
            label="How to pay"
            optional
            hint="Bank and account. Shown while something is due."
            error={issueOf(fault, 'paymentDetails')}
          >
            <Textarea
              name="paymentDetails"
              rows={3}
              value={values.paymentDetails}
              onChange={(event) => change({ paymentDetails: event.target.value })}
            />
          </Field>
          <Field label="Small print" optional hint="Below every invoice." error={issueOf(fault, 'footer')}>
            <Textarea
              name="footer"
              rows={3}
              value={values.footer}
              onChange={(event) => change({ footer: event.target.value })}
            />
          </Field>
        </fieldset>
      </TitledCard>
    </Form>
  );
}
