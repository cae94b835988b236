'use client';

import { Button } from '@parley/ui/button';
import { TitledCard } from '@parley/ui/card';
import { ConfirmDialog } from '@parley/ui/dialog';
import { Choices, Field, Input, Textarea } from '@parley/ui/field';
import { Form, issueOf } from '@parley/ui/form';
import { useMutation } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { useShell } from '@/shell/shell-context.tsx';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import type { Api } from './types.ts';
import { useRefresh } from './use-refresh.ts';
import { VISIBILITY, type Visibility } from './words.ts';

/** How the API is described, who may find it, how large a body it takes, and its deletion. */
export function ApiSettings({ api }: { api: Api }) {
  return (
    <div className="flex max-w-3xl flex-col gap-6">
      <DescriptionForm api={api} />
      <DeleteCard api={api} />
    </div>
  );
}

function DescriptionForm({ api }: { api: Api }) {
  const trpc = useTRPC();
  const refresh = useRefresh();
  const [draft, setDraft] = useState({
    name: api.name,
    summary: api.summary,
    description: api.description,
    category: api.category,
    tags: api.tags.join(', '),
    visibility: api.visibility,
    bodyKib: String(api.maxBodyBytes / 1024),
  });
  const save = useMutation(trpc.apis.update.mutationOptions({ onSuccess: refresh }));
  const fault = faultOf(save.error);
  const text = (field: 'name' | 'summary' | 'category' | 'tags' | 'bodyKib') => ({
    value: draft[field],
    onChange: (event: { target: { value: string } }) => setDraft({ ...draft, [field]: event.target.value }),
  });
  const visible: Visibility[] = api.visibility === 'team' ? ['tenant', 'public', 'team'] : ['tenant', 'public'];
  return (
    <Form
      fault={fault}
      fields={['name', 'summary', 'description', 'category', 'tags', 'maxBodyBytes']}
      onSubmit={() =>
        save.mutateAsync({
          api: api.slug,
          name: draft.name,
          summary: draft.summary,
          description: draft.description,
          category: draft.category,
          tags: draft.tags
            .split(',')
            .map((tag) => tag.trim())
            .filter(Boolean),
          visibility: draft.visibility,
          maxBodyBytes: Math.round(Number(draft.bodyKib) * 1024),
        })
      }
    >
      <Field label="Name" error={issueOf(fault, 'name')}>
        <Input {...text('name')} />
      </Field>
      <Field label="What it does" optional error={issueOf(fault, 'summary')} hint="One sentence for the catalogue.">
        <Input {...text('summary')} />
      </Field>
      <Field label="Description" optional aside="Markdown" error={issueOf(fault, 'description')}>
        <Textarea
          rows={8}
          value={draft.description}
          onChange={(event) => setDraft({ ...draft, description: event.target.value })}
        />
      </Field>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label="Category" optional error={issueOf(fault, 'category')}>
          <Input {...text('category')} />
        </Field>
        <Field label="Tags" optional aside="with commas between" error={issueOf(fault, 'tags')}>
          <Input {...text('tags')} />
        </Field>
      </div>
      <fieldset>
        <legend className="mb-2 font-medium text-sm">Who may find it</legend>
        <Choices
          label="Who may find it"
          value={draft.visibility}
          onChange={(visibility) => setDraft({ ...draft, visibility: visibility as Visibility })}
          choices={visible.map((value) => ({ value, ...VISIBILITY[value] }))}
        />
        <p className="mt-2 text-faint text-xs">Those who are subscribed keep their access whatever you choose.</p>
      </fieldset>
      <Field
        label="Largest request body"
        aside="KiB"
        error={issueOf(fault, 'maxBodyBytes')}
        hint="Larger ones are refused with 413."
      >
        <Input inputMode="numeric" className="w-36" {...text('bodyKib')} />
      </Field>
      <div className="flex items-center justify-end gap-3">
        {save.isSuccess && (
          <span role="status" className="text-success-text text-sm">
            Saved
          </span>
        )}
        <Button type="submit" variant="primary" busy={save.isPending}>
          Save
        </Button>
      </div>
    </Form>
  );
}

function DeleteCard({ api }: { api: Api }) {
  const trpc = useTRPC();
  const router = useRouter();
  const { href } = useShell();
  const [asking, setAsking] = useState(false);
  const remove = useMutation(trpc.apis.delete.mutationOptions({ onSuccess: () => router.push(href('apis')) }));
  return (
    <>
      <TitledCard
        title="Delete this API"
        description={
          api.everSubscribed
            ? 'Somebody has subscribed to it, so its history stays. Retire its versions instead: then nobody can call it.'
            : 'Its versions, plans and history go with it, and its address stops answering.'
        }
        action={
          !api.everSubscribed && (
            <Button variant="danger" onClick={() => setAsking(true)}>
              Delete
            </Button>
          )
        }
      />
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title={`Delete ${api.name}?`}
        consequence="Its versions, plans and history go with it. This cannot be undone."
        confirmLabel="Delete API"
        typeToConfirm={api.slug}
        busy={remove.isPending || remove.isSuccess}
        error={faultOf(remove.error)?.message}
        onConfirm={() => remove.mutate({ api: api.slug })}
      />
    </>
  );
}
