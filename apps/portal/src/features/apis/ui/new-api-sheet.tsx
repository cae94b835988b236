'use client';

import { Button } from '@parley/ui/button';
import { Choices, Field, Input } from '@parley/ui/field';
import { Form, issueOf } from '@parley/ui/form';
import { NameFields, NO_NAME, slugOfValue } from '@parley/ui/name-fields';
import { Sheet } from '@parley/ui/sheet';
import { useMutation } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { useShell } from '@/shell/shell-context.tsx';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import { KINDS, type Kind, VISIBILITY, type Visibility } from './words.ts';

/** Makes an API with its first draft version, and opens it there. */
export function NewApiSheet({ onClose }: { onClose: () => void }) {
  const trpc = useTRPC();
  const router = useRouter();
  const { href, tenant } = useShell();
  const [kind, setKind] = useState<Kind>('rest');
  const [naming, setNaming] = useState(NO_NAME);
  const [summary, setSummary] = useState('');
  const [visibility, setVisibility] = useState<Visibility>('tenant');
  const [made, setMade] = useState<string | null>(null);
  const create = useMutation(trpc.apis.create.mutationOptions());
  const addVersion = useMutation(trpc.apis.createVersion.mutationOptions());
  const fault = faultOf(create.error ?? addVersion.error);
  const slug = slugOfValue(naming);
  // What was made stays made when the second step fails and the form is sent again.
  const submit = async (): Promise<void> => {
    const api = made ?? (await create.mutateAsync({ kind, name: naming.name, slug, summary, visibility })).slug;
    setMade(api);
    await addVersion.mutateAsync({ api });
    router.push(href(`apis/${api}?tab=versions`));
  };
  return (
    <Sheet
      open
      onOpenChange={onClose}
      title="New API"
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            type="submit"
            form="new-api"
            variant="primary"
            busy={create.isPending || addVersion.isPending || addVersion.isSuccess}
          >
            Create
          </Button>
        </>
      }
    >
      <Form id="new-api" fault={fault} fields={['name', 'slug', 'summary']} onSubmit={submit}>
        <fieldset>
          <legend className="mb-2 font-medium text-sm">What it offers</legend>
          <Choices
            label="What it offers"
            value={kind}
            onChange={(next) => setKind(next as Kind)}
            choices={Object.entries(KINDS).map(([value, words]) => ({ value, ...words }))}
          />
        </fieldset>
        <NameFields
          value={naming}
          onChange={setNaming}
          fault={fault}
          hint={
            kind === 'llm' ? (
              'Names it in the catalogue. It stays.'
            ) : (
              <>
                Its address will be{' '}
                <span className="break-all font-mono text-muted">
                  /{tenant.slug}/{slug || 'short-name'}/v1
                </span>
                . It stays.
              </>
            )
          }
        />
        <Field label="What it does" optional error={issueOf(fault, 'summary')} hint="One sentence for the catalogue.">
          <Input value={summary} onChange={(event) => setSummary(event.target.value)} />
        </Field>
        <fieldset>
          <legend className="mb-2 font-medium text-sm">Who may find it, once published</legend>
          <Choices
            label="Who may find it"
            value={visibility}
            onChange={(next) => setVisibility(next as Visibility)}
            choices={(['tenant', 'public'] as const).map((value) => ({ value, ...VISIBILITY[value] }))}
          />
        </fieldset>
      </Form>
    </Sheet>
  );
}
