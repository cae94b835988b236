'use client';

import { Button } from '@parley/ui/button';
import { Dialog } from '@parley/ui/dialog';
import { Field, Input, Select } from '@parley/ui/field';
import { Form, issueOf } from '@parley/ui/form';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';

/** Asks for a host; the list then shows the record that verifies it. */
export function NewHostDialog({ onClose }: { onClose: () => void }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const formId = useId();
  const [host, setHost] = useState('');
  const [api, setApi] = useState('');
  const apis = useQuery(trpc.apis.list.queryOptions({ limit: 200 }));
  const add = useMutation(trpc.settings.addHost.mutationOptions());
  const fault = faultOf(add.error);
  const submit = async (): Promise<void> => {
    await add.mutateAsync({ host, ...(api === '' ? {} : { api }) });
    await queries.invalidateQueries(trpc.settings.hosts.queryFilter());
    onClose();
  };
  const choices = [
    { value: '', label: 'All APIs, at /{api}/{version}/…' },
    ...(apis.data?.items ?? []).map(({ slug, name }) => ({ value: slug, label: `${name}, at /{version}/…` })),
  ];
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Add host"
      description="You show that it is yours by a DNS record. TLS for it ends at the operator’s front."
      size="sm"
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={formId} variant="primary" busy={add.isPending}>
            Add host
          </Button>
        </>
      }
    >
      <Form id={formId} fault={fault} fields={['host', 'api']} onSubmit={submit}>
        <Field label="Host" error={issueOf(fault, 'host')}>
          <Input
            className="font-mono"
            spellCheck={false}
            value={host}
            placeholder="api.acme.com"
            onChange={(event) => setHost(event.target.value)}
          />
        </Field>
        <Field label="For" error={issueOf(fault, 'api')}>
          <Select value={api} onChange={(event) => setApi(event.target.value)} options={choices} />
        </Field>
      </Form>
    </Dialog>
  );
}
