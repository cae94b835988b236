'use client';

import { Button } from '@parley/ui/button';
import { Dialog } from '@parley/ui/dialog';
import { Field, Input, Textarea } from '@parley/ui/field';
import { Form, issueOf } from '@parley/ui/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import type { Application } from './application-types.ts';

export function EditApplicationDialog({ application, onClose }: { application: Application; onClose: () => void }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const formId = useId();
  const [name, setName] = useState(application.name);
  const [description, setDescription] = useState(application.description);
  const update = useMutation(trpc.applications.update.mutationOptions());
  const fault = faultOf(update.error);
  const submit = async (): Promise<void> => {
    await update.mutateAsync({ application: application.id, name, description });
    await queries.invalidateQueries({ queryKey: trpc.applications.pathKey() });
    onClose();
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Edit application"
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={formId} variant="primary" busy={update.isPending}>
            Save
          </Button>
        </>
      }
    >
      <Form id={formId} fault={fault} fields={['name', 'description']} onSubmit={submit}>
        <Field label="Name" error={issueOf(fault, 'name')}>
          <Input value={name} onChange={(event) => setName(event.target.value)} />
        </Field>
        <Field label="Description" optional error={issueOf(fault, 'description')}>
          <Textarea rows={3} value={description} onChange={(event) => setDescription(event.target.value)} />
        </Field>
      </Form>
    </Dialog>
  );
}
