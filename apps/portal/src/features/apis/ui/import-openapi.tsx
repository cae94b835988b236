'use client';

import { Button } from '@parley/ui/button';
import { Field, Input, Select, Textarea } from '@parley/ui/field';
import { Form, issueOf } from '@parley/ui/form';
import { Notice } from '@parley/ui/page';
import { Sheet } from '@parley/ui/sheet';
import { toast } from '@parley/ui/toast';
import { useMutation, useQuery } from '@tanstack/react-query';
import { FileUp } from 'lucide-react';
import { useState } from 'react';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import type { Version } from './types.ts';
import { useRefresh } from './use-refresh.ts';

/** A button that opens the import of an OpenAPI document into a REST version. */
export function ImportOpenapi({ version }: { version: Version }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button size="sm" className="self-start" icon={<FileUp className="size-3.5" />} onClick={() => setOpen(true)}>
        Import OpenAPI
      </Button>
      {open && <ImportSheet version={version} onClose={() => setOpen(false)} />}
    </>
  );
}

function ImportSheet({ version, onClose }: { version: Version; onClose: () => void }) {
  const trpc = useTRPC();
  const refresh = useRefresh();
  const [text, setText] = useState('');
  const [chosen, setChosen] = useState('');
  const upstreams = useQuery(trpc.apis.upstreams.queryOptions({ limit: 200 }));
  const known = (upstreams.data?.items ?? []).map(({ slug, name }) => ({ value: slug, label: name }));
  const upstream = chosen || (known[0]?.value ?? '');
  // The YAML library comes with the first document.
  const preview = useQuery({
    queryKey: ['openapi-preview', text],
    queryFn: async () => (await import('./openapi-text.ts')).readOpenapiText(text),
    enabled: text.trim() !== '',
    gcTime: 0,
  });
  const save = useMutation(
    trpc.apis.importOpenapi.mutationOptions({
      onSuccess: async (after) => {
        await refresh();
        toast({ title: `Imported as revision ${after.revision}` });
        onClose();
      },
    }),
  );
  const fault = faultOf(save.error);
  const { routes = [], problems = [] } = preview.data ?? {};
  const ready = routes.length > 0 && problems.length === 0 && upstream !== '';
  return (
    <Sheet
      open
      wide
      onOpenChange={onClose}
      title="Import OpenAPI"
      description={`One route for each operation of ${version.api} ${version.version}, in place of those it has`}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form="import-openapi" variant="primary" disabled={!ready} busy={save.isPending}>
            {ready ? `Import ${routes.length} ${routes.length === 1 ? 'route' : 'routes'}` : 'Import'}
          </Button>
        </>
      }
    >
      <Form
        id="import-openapi"
        fault={fault}
        fields={['openapi', 'upstream']}
        onSubmit={() =>
          save.mutateAsync({
            api: version.api,
            version: version.version,
            upstream,
            openapi: text,
            note: 'Import OpenAPI',
          })
        }
      >
        <Field label="File" optional hint="JSON or YAML, OpenAPI 3.0 or 3.1.">
          <Input
            type="file"
            accept=".json,.yaml,.yml,application/json"
            onChange={(event) => void event.target.files?.[0]?.text().then(setText)}
          />
        </Field>
        <Field label="Document" error={issueOf(fault, 'openapi')}>
          <Textarea
            rows={8}
            spellCheck={false}
            className="font-mono text-xs"
            placeholder="Or paste it here"
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        </Field>
        <Field label="Upstream" hint="Where all of its operations lead." error={issueOf(fault, 'upstream')}>
          <Select
            options={known}
            placeholder="Choose an upstream"
            value={upstream}
            onChange={(event) => setChosen(event.target.value)}
          />
        </Field>
        {problems.length > 0 && (
          <Notice tone="warning" title="It cannot be imported as it is">
            <ul className="flex list-disc flex-col gap-1 pl-4">
              {problems.map((problem) => (
                <li key={problem}>{problem}</li>
              ))}
            </ul>
          </Notice>
        )}
        {ready && (
          <ol aria-label="Routes that will be made" className="flex flex-col gap-1 rounded-md border p-3 text-sm">
            {routes.map(({ method, path, summary }) => (
              <li key={`${method} ${path}`} className="flex min-w-0 gap-3">
                <span className="w-16 shrink-0 font-mono text-muted text-xs leading-5">{method}</span>
                <span className="shrink-0 font-mono text-xs leading-5">{path}</span>
                <span className="truncate text-muted">{summary}</span>
              </li>
            ))}
          </ol>
        )}
      </Form>
    </Sheet>
  );
}
