'use client';

import { Button } from '@parley/ui/button';
import { Field, Input } from '@parley/ui/field';
import { Form, issueOf } from '@parley/ui/form';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';

/** A name as it may stand in a URL: `Müller & Sons` → `muller-sons`. */
function slugOf(name: string): string {
  return name
    .normalize('NFKD')
    .replaceAll(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 63)
    .replaceAll(/^-+|-+$/g, '');
}

/** Name and URL name, with the addresses they will make shown as one types. */
export function NewTenantForm({ gatewayUrl }: { gatewayUrl: string }) {
  const trpc = useTRPC();
  const [name, setName] = useState('');
  const [ownSlug, setOwnSlug] = useState<string | null>(null);
  const slug = ownSlug ?? slugOf(name);
  const create = useMutation(
    trpc.identity.createTenant.mutationOptions({
      onSuccess: (tenant) => window.location.assign(`/t/${tenant.slug}/home`),
    }),
  );
  const fault = faultOf(create.error);
  return (
    <Form
      fault={fault}
      fields={['name', 'slug']}
      onSubmit={() =>
        create.mutateAsync({ name, slug, timezone: Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC' })
      }
    >
      <Field label="Name" error={issueOf(fault, 'name')}>
        <Input name="name" autoComplete="organization" value={name} onChange={(event) => setName(event.target.value)} />
      </Field>
      <Field
        label="Name in URLs"
        error={issueOf(fault, 'slug')}
        hint={
          <>
            Your endpoints will begin with{' '}
            <span className="break-all font-mono text-muted">
              {gatewayUrl}/<span className="text-accent-text">{slug || 'your-name'}</span>/…
            </span>
            <br />
            It cannot be changed later: clients call by it.
          </>
        }
      >
        <Input
          name="slug"
          className="font-mono"
          spellCheck={false}
          autoCapitalize="none"
          value={slug}
          onChange={(event) => setOwnSlug(event.target.value.toLowerCase())}
        />
      </Field>
      <Button type="submit" variant="primary" busy={create.isPending || create.isSuccess}>
        Create tenant
      </Button>
    </Form>
  );
}
