'use client';

import type { BillingDetails } from '@parley/contracts/billing-details';
import { Field, Input, Textarea } from '@parley/ui/field';
import { type FormFault, issueOf } from '@parley/ui/form';

/** Paths of the fields, for the form to know which issues are shown beside them. */
export const DETAIL_FIELDS = ['legalName', 'address', 'country', 'region', 'taxId', 'email'];

/** Who a party to an invoice is: the same for whoever bills and whoever is billed. */
export function DetailFields({
  values,
  fault,
  onChange,
}: {
  values: BillingDetails;
  fault: FormFault | null | undefined;
  onChange: (more: Partial<BillingDetails>) => void;
}) {
  return (
    <>
      <Field label="Legal name" optional error={issueOf(fault, 'legalName')}>
        <Input
          name="legalName"
          autoComplete="organization"
          value={values.legalName}
          onChange={(event) => onChange({ legalName: event.target.value })}
        />
      </Field>
      <Field label="Address" optional hint="Street, postcode and town." error={issueOf(fault, 'address')}>
        <Textarea
          name="address"
          rows={3}
          autoComplete="street-address"
          value={values.address}
          onChange={(event) => onChange({ address: event.target.value })}
        />
      </Field>
      <div className="grid gap-5 sm:grid-cols-2">
        <Field label="Country" optional hint="Two letters, like DE or US." error={issueOf(fault, 'country')}>
          <Input
            name="country"
            autoComplete="country"
            maxLength={2}
            value={values.country}
            onChange={(event) => onChange({ country: event.target.value })}
          />
        </Field>
        <Field
          label="State or province"
          optional
          hint="Where tax depends on it, like CA or QC."
          error={issueOf(fault, 'region')}
        >
          <Input
            name="region"
            maxLength={3}
            value={values.region}
            onChange={(event) => onChange({ region: event.target.value })}
          />
        </Field>
        <Field label="Tax or VAT number" optional error={issueOf(fault, 'taxId')}>
          <Input
            name="taxId"
            autoComplete="off"
            value={values.taxId}
            onChange={(event) => onChange({ taxId: event.target.value })}
          />
        </Field>
        <Field label="E-mail for invoices" optional error={issueOf(fault, 'email')}>
          <Input
            name="email"
            type="email"
            autoComplete="email"
            value={values.email}
            onChange={(event) => onChange({ email: event.target.value })}
          />
        </Field>
      </div>
    </>
  );
}
