'use client';

import { Button } from '@parley/ui/button';
import { Field, Input, Switch, Textarea } from '@parley/ui/field';
import { Form, issueOf } from '@parley/ui/form';
import { Notice } from '@parley/ui/page';
import { Sheet } from '@parley/ui/sheet';
import { toast } from '@parley/ui/toast';
import { useMutation, useQuery } from '@tanstack/react-query';
import { FileUp } from 'lucide-react';
import { useState } from 'react';
import { useShell } from '@/shell/shell-context.tsx';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import { ImportPlan } from './import/import-plan.tsx';
import { freeSlug, likelyTarget, type Target } from './import/import-target.ts';
import { TargetFields } from './import/target-fields.tsx';
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

const FIELDS = ['openapi', 'upstream', 'newUpstream.name', 'newUpstream.slug', 'newUpstream.baseUrl'];

function ImportSheet({ version, onClose }: { version: Version; onClose: () => void }) {
  const trpc = useTRPC();
  const { can } = useShell();
  const refresh = useRefresh();
  const [text, setText] = useState('');
  const [chosen, setChosen] = useState<Target | null>(null);
  const [hold, setHold] = useState(true);
  const upstreams = useQuery(trpc.apis.upstreams.queryOptions({ limit: 200 }));
  const known = upstreams.data?.items ?? [];
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
  const { routes = [], problems = [], title = '', urls = [] } = preview.data ?? {};
  const mayCreate = can('upstreams.write');
  const target = chosen ?? likelyTarget({ title, urls }, known, mayCreate);
  const slug = target.kind === 'new' ? freeSlug(target.name, known) : target.upstream;
  const named =
    target.kind === 'known' ? target.upstream !== '' : target.name.trim() !== '' && target.baseUrl.trim() !== '';
  const fits = routes.length > 0 && problems.length === 0;
  const ready = fits && named && !upstreams.isPending;
  const held = version.definition?.policies?.contract !== undefined;
  const submit = () =>
    save.mutateAsync({
      api: version.api,
      version: version.version,
      openapi: text,
      hold,
      note: 'Import OpenAPI',
      ...(target.kind === 'known'
        ? { upstream: target.upstream }
        : { newUpstream: { slug, name: target.name, baseUrl: target.baseUrl } }),
    });
  return (
    <Sheet
      open
      wide
      onOpenChange={onClose}
      title="Import OpenAPI"
      description={`One route for each operation, served by ${version.api} ${version.version}`}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form="import-openapi" variant="primary" disabled={!ready} busy={save.isPending}>
            {ready ? `Import ${routes.length} ${routes.length === 1 ? 'route' : 'routes'}` : 'Import'}
          </Button>
        </>
      }
    >
      <Form id="import-openapi" fault={fault} fields={FIELDS} onSubmit={submit}>
        <Field label="File" optional hint="JSON or YAML, OpenAPI 3.0 or 3.1.">
          <Input
            type="file"
            className="py-1.5"
            accept=".json,.yaml,.yml,application/json"
            onChange={(event) => void event.target.files?.[0]?.text().then(setText)}
          />
        </Field>
        <Field label="Document" error={issueOf(fault, 'openapi')}>
          <Textarea
            rows={fits ? 4 : 8}
            spellCheck={false}
            className="font-mono text-xs"
            placeholder="Or paste it here"
            value={text}
            onChange={(event) => {
              setText(event.target.value);
              setChosen(null);
            }}
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
        {fits && (
          <>
            <TargetFields
              target={target}
              known={known}
              document={{ title, urls }}
              mayCreate={mayCreate}
              fault={fault}
              onChange={setChosen}
            />
            <Switch
              label="Hold calls to this document"
              hint={
                held
                  ? 'The policy Contract is set already and stays as it is.'
                  : 'Parameters and bodies that do not fit are refused, naming the field. It is the policy Contract.'
              }
              checked={held || hold}
              disabled={held}
              onChange={setHold}
            />
            <ImportPlan
              routes={routes}
              replaced={version.definition?.kind === 'rest' ? version.definition.routes.length : 0}
              target={target}
              slug={slug}
              upstreamName={target.kind === 'new' ? 'it' : (known.find((one) => one.slug === slug)?.name ?? slug)}
              hold={held ? 'kept' : hold ? 'added' : 'none'}
            />
          </>
        )}
      </Form>
    </Sheet>
  );
}
