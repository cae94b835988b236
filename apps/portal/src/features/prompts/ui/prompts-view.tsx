'use client';

import { Button } from '@parley/ui/button';
import { Dialog } from '@parley/ui/dialog';
import { EmptyState } from '@parley/ui/empty-state';
import { Field, Textarea } from '@parley/ui/field';
import { Form, issueOf } from '@parley/ui/form';
import { RelativeTime } from '@parley/ui/format';
import { NameFields, NO_NAME, slugOfValue } from '@parley/ui/name-fields';
import { Notice, Page, PageHeader } from '@parley/ui/page';
import { type Column, DataTable } from '@parley/ui/table';
import { Tabs } from '@parley/ui/tabs';
import { useMutation, useQuery } from '@tanstack/react-query';
import { MessageSquareCode, Plus } from 'lucide-react';
import { useRouter, useSearchParams } from 'next/navigation';
import { useState } from 'react';
import { useShell } from '@/shell/shell-context.tsx';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import type { RouterOutputs } from '@/trpc/root.ts';
import { peekHanded } from '@/words/handed-prompt.ts';
import { PartialsView } from './partials-view.tsx';

type Prompt = RouterOutputs['prompts']['list']['items'][number];

const COLUMNS: readonly Column<Prompt>[] = [
  {
    key: 'name',
    header: 'Prompt',
    sortValue: (row) => row.name,
    cell: (row) => (
      <span className="flex flex-col">
        <span>{row.name}</span>
        <span className="font-mono font-normal text-faint text-xs">{row.slug}</span>
      </span>
    ),
  },
  {
    key: 'description',
    header: 'Description',
    wide: true,
    csvValue: (row) => row.description,
    cell: (row) => <span className="line-clamp-1 text-muted">{row.description}</span>,
  },
  {
    key: 'model',
    header: 'Model',
    sortValue: (row) => row.model,
    cell: (row) =>
      row.model ? <span className="font-mono text-xs">{row.model}</span> : <span className="text-faint">–</span>,
  },
  {
    key: 'version',
    header: 'Version',
    align: 'end',
    sortValue: (row) => row.latestVersion,
    cell: (row) => row.latestVersion ?? <span className="text-faint">not saved</span>,
  },
  {
    key: 'changed',
    header: 'Changed',
    sortValue: (row) => row.updatedAt,
    cell: (row) => <RelativeTime at={row.updatedAt} />,
  },
];

/** Every prompt, and the way to a new one. */
export function PromptsView() {
  const trpc = useTRPC();
  const { can, href } = useShell();
  const list = useQuery(trpc.prompts.list.queryOptions({ limit: 200 }));
  const handed = useSearchParams().get('new') === 'handed';
  const [adding, setAdding] = useState(handed);
  const fault = faultOf(list.error);
  const mayWrite = can('prompts.write');
  const prompts = fault ? (
    <Notice tone="danger" title={fault.message} />
  ) : (
    <DataTable
      label="Prompts"
      columns={COLUMNS}
      rows={list.data?.items}
      rowKey={(row) => row.id}
      rowHref={(row) => href(`prompts/${row.slug}`)}
      filterText={(row) => `${row.name} ${row.slug} ${row.description} ${row.model ?? ''}`}
      initialSort="-changed"
      empty={
        <EmptyState
          icon={<MessageSquareCode />}
          title="No prompt yet"
          action={
            mayWrite && (
              <Button variant="primary" onClick={() => setAdding(true)}>
                Write a prompt
              </Button>
            )
          }
        >
          A prompt becomes an endpoint that programs call with variables, while its words stay with you.
        </EmptyState>
      }
    />
  );
  return (
    <Page>
      <PageHeader
        title="Prompts"
        description="Write a prompt with typed variables, try it, and publish it as an endpoint."
        actions={
          mayWrite &&
          (list.data?.items.length ?? 0) > 0 && (
            <Button variant="primary" icon={<Plus className="size-4" />} onClick={() => setAdding(true)}>
              New prompt
            </Button>
          )
        }
      />
      <Tabs
        label="Prompts and what they share"
        tabs={[
          { value: 'prompts', label: 'Prompts', count: list.data?.items.length, content: prompts },
          { value: 'shared', label: 'Shared texts', content: <PartialsView /> },
        ]}
      />
      {adding && <NewPromptDialog onClose={() => setAdding(false)} />}
    </Page>
  );
}

function NewPromptDialog({ onClose }: { onClose: () => void }) {
  const trpc = useTRPC();
  const router = useRouter();
  const { href } = useShell();
  const [naming, setNaming] = useState(NO_NAME);
  const [description, setDescription] = useState('');
  const create = useMutation(
    trpc.prompts.create.mutationOptions({ onSuccess: (prompt) => router.push(href(`prompts/${prompt.slug}`)) }),
  );
  const fault = faultOf(create.error);
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title="New prompt"
      {...(peekHanded() ? { description: 'It begins with the conversation of the playground.' } : {})}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form="new-prompt" variant="primary" busy={create.isPending || create.isSuccess}>
            Open the editor
          </Button>
        </>
      }
    >
      <Form
        id="new-prompt"
        fault={fault}
        fields={['name', 'slug', 'description']}
        onSubmit={() => create.mutateAsync({ name: naming.name, slug: slugOfValue(naming), description })}
      >
        <NameFields value={naming} onChange={setNaming} fault={fault} hint="Names it in files and scripts. It stays." />
        <Field label="What it does" optional error={issueOf(fault, 'description')}>
          <Textarea rows={2} value={description} onChange={(event) => setDescription(event.target.value)} />
        </Field>
      </Form>
    </Dialog>
  );
}
