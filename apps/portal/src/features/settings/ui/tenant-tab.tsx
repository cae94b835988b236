'use client';

import { Button } from '@parley/ui/button';
import { TitledCard } from '@parley/ui/card';
import { CopyButton } from '@parley/ui/copy-button';
import { Field, Input, Select, type SelectOption, Textarea } from '@parley/ui/field';
import { Form, issueOf } from '@parley/ui/form';
import { Notice } from '@parley/ui/page';
import { SkeletonRows } from '@parley/ui/skeleton';
import { toast } from '@parley/ui/toast';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { useShell } from '@/shell/shell-context.tsx';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import type { RouterOutputs } from '@/trpc/root.ts';

interface Lists {
  readonly timezones: readonly string[];
  readonly currencies: readonly SelectOption[];
}

export function TenantTab(lists: Lists) {
  const trpc = useTRPC();
  const tenant = useQuery(trpc.settings.tenant.queryOptions({}));
  if (tenant.isError) return <Notice tone="danger" title={tenant.error.message} />;
  return tenant.data ? <TenantForm tenant={tenant.data} {...lists} /> : <SkeletonRows rows={4} />;
}

function TenantForm({ tenant, timezones, currencies }: Lists & { tenant: RouterOutputs['settings']['tenant'] }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const router = useRouter();
  const { can } = useShell();
  const [values, setValues] = useState({
    name: tenant.name,
    description: tenant.description,
    timezone: tenant.timezone,
    currency: tenant.currency,
  });
  const update = useMutation(
    trpc.settings.updateTenant.mutationOptions({
      onSuccess: async () => {
        toast({ title: 'Settings saved' });
        await queries.invalidateQueries(trpc.settings.tenant.queryFilter());
        // The rail shows the tenant's name; it comes from the server.
        router.refresh();
      },
    }),
  );
  const fault = faultOf(update.error);
  const readOnly = !can('tenant.write');
  const zones = timezones.includes('UTC') ? timezones : ['UTC', ...timezones];
  return (
    <Form
      fault={fault}
      fields={['name', 'description', 'timezone', 'currency']}
      onSubmit={() => update.mutateAsync(values)}
      className="max-w-2xl"
    >
      <TitledCard
        title="Tenant"
        description="Consumers of your APIs see the name and description in the catalogue."
        footer={
          !readOnly && (
            <Button type="submit" variant="primary" busy={update.isPending}>
              Save
            </Button>
          )
        }
      >
        <fieldset disabled={readOnly} className="flex flex-col gap-5">
          <Field label="Name" error={issueOf(fault, 'name')}>
            <Input
              name="name"
              value={values.name}
              onChange={(event) => setValues({ ...values, name: event.target.value })}
            />
          </Field>
          <div className="flex flex-col gap-1.5">
            <span className="font-medium text-sm">Name in URLs</span>
            <span className="flex items-center gap-1 font-mono text-muted text-sm">
              {tenant.slug}
              <CopyButton text={tenant.slug} />
            </span>
            <span className="text-faint text-xs">It cannot be changed: clients call by it.</span>
          </div>
          <Field label="Description" optional error={issueOf(fault, 'description')}>
            <Textarea
              name="description"
              rows={3}
              value={values.description}
              onChange={(event) => setValues({ ...values, description: event.target.value })}
            />
          </Field>
          <div className="grid gap-5 sm:grid-cols-2">
            <Field label="Time zone" error={issueOf(fault, 'timezone')} hint="Days in charts and reports begin in it.">
              <Select
                name="timezone"
                value={values.timezone}
                options={zones.map((zone) => ({ value: zone, label: zone.replaceAll('_', ' ') }))}
                onChange={(event) => setValues({ ...values, timezone: event.target.value })}
              />
            </Field>
            <Field
              label="Currency"
              error={issueOf(fault, 'currency')}
              hint="How amounts are written, unless a price says its own."
            >
              <Select
                name="currency"
                value={values.currency}
                options={currencies}
                onChange={(event) => setValues({ ...values, currency: event.target.value })}
              />
            </Field>
          </div>
        </fieldset>
      </TitledCard>
    </Form>
  );
}
