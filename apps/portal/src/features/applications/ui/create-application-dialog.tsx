'use client';

import { shortNameOf } from '@parley/kernel/short-name';
import { Button } from '@parley/ui/button';
import { Dialog } from '@parley/ui/dialog';
import { Field, Input, Textarea } from '@parley/ui/field';
import { Form, issueOf } from '@parley/ui/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useId, useState } from 'react';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';

/** Makes an application and opens it. The short name follows the name until it is changed by hand. */
export function CreateApplicationDialog({ tenant, onClose }: { tenant: string; onClose: () => void }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const router = useRouter();
  const formId = useId();
  const [name, setName] = useState('');
  const [ownSlug, setSlug] = useState<string | null>(null);
  const [description, setDescription] = useState('');
  const slug = ownSlug ?? shortNameOf(name);
  const create = useMutation(trpc.applications.create.mutationOptions());
  const fault = faultOf(create.error);
  const submit = async (): Promise<void> => {
    const made = await create.mutateAsync({ name, slug, description });
    await queries.invalidateQueries({ queryKey: trpc.applications.list.pathKey() });
    router.push(`/t/${tenant}/applications/${made.slug}`);
    onClose();
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="New application"
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={formId} variant="primary" busy={create.isPending}>
            Create
          </Button>
        </>
      }
    >
      <Form id={formId} fault={fault} fields={['name', 'slug', 'description']} onSubmit={submit}>
        <Field label="Name" error={issueOf(fault, 'name')}>
          <Input value={name} onChange={(event) => setName(event.target.value)} placeholder="Checkout service" />
        </Field>
        <Field
          label="Short name"
          error={issueOf(fault, 'slug')}
          hint="In addresses and declarations; it stays when the name changes."
        >
          <Input
            value={slug}
            onChange={(event) => setSlug(event.target.value)}
            className="font-mono text-xs"
            spellCheck={false}
          />
        </Field>
        <Field label="Description" optional error={issueOf(fault, 'description')}>
          <Textarea rows={2} value={description} onChange={(event) => setDescription(event.target.value)} />
        </Field>
      </Form>
    </Dialog>
  );
}
