'use client';

import { Button } from '@parley/ui/button';
import { Choices, Field, Select } from '@parley/ui/field';
import { Link } from '@parley/ui/link';
import { Notice, Section } from '@parley/ui/page';
import { Skeleton } from '@parley/ui/skeleton';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useShell } from '@/shell/shell-context.tsx';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import { IssuedDialog } from './issued-dialog.tsx';
import { PartyPicture } from './party-picture.tsx';
import { PartyTable } from './party-table.tsx';
import { PermissionTable } from './permission-table.tsx';
import { TermsFields } from './terms-fields.tsx';
import { filledIn, type OpenApi, requestOf, TEMPLATES, type TokenForm } from './token-form.ts';
import { permissionWords } from './token-words.ts';

interface Props {
  readonly gatewayUrl: string;
  readonly onInspect: (token: string) => void;
}

/** In whose name it is issued: an application with a live key. What it may call decides what a token can open. */
export function IssueView({ gatewayUrl, onInspect }: Props) {
  const trpc = useTRPC();
  const { href } = useShell();
  const [chosen, setChosen] = useState('');
  const [chosenKey, setChosenKey] = useState('');
  const applications = useQuery(trpc.partyTokens.applications.queryOptions({ limit: 200 }));
  const items = applications.data?.items.filter(({ liveKeys }) => liveKeys > 0);
  const application = items?.find(({ slug }) => slug === chosen)?.slug ?? items?.[0]?.slug ?? '';
  const keys = useQuery({ ...trpc.partyTokens.keys.queryOptions({ application }), enabled: application !== '' });
  const live = keys.data?.items.filter(({ state }) => state === 'active') ?? [];
  const key = live.find(({ id }) => id === chosenKey)?.id ?? live[0]?.id ?? '';
  const subscriptions = useQuery({
    ...trpc.partyTokens.subscriptions.queryOptions({ application, state: 'approved', limit: 200 }),
    enabled: application !== '',
  });
  const error = faultOf(applications.error ?? keys.error ?? subscriptions.error);
  if (error) return <Notice tone="danger" title={error.message} />;
  if (items?.length === 0) {
    return (
      <Notice title="No application has a live key">
        A token is issued in the name of a key.{' '}
        <Link href={href('applications')} className="underline">
          Make one
        </Link>{' '}
        first.
      </Notice>
    );
  }
  if (!items || !subscriptions.data || !keys.data) return <Skeleton className="h-64" />;
  const apis = subscriptions.data.items.map(({ publisher, api }) => ({
    name: `${publisher.slug}/${api.slug}`,
    kind: api.kind,
  }));
  return (
    <div className="flex flex-col gap-8">
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label="Issued by" hint="A token can open no more than this application may call.">
          <Select
            value={application}
            onChange={(event) => setChosen(event.target.value)}
            options={items.map(({ slug, name }) => ({ value: slug, label: name }))}
          />
        </Field>
        <Field label="In the name of its key" hint="The token ends with that key.">
          <Select
            value={key}
            onChange={(event) => setChosenKey(event.target.value)}
            options={live.map(({ id, name }) => ({ value: id, label: name }))}
          />
        </Field>
      </div>
      <TokenEditor key={application} {...{ application, apis, gatewayUrl, onInspect }} keyId={key} />
    </div>
  );
}

interface EditorProps extends Props {
  readonly application: string;
  readonly keyId: string;
  readonly apis: readonly OpenApi[];
}

function TokenEditor({ application, keyId, apis, gatewayUrl, onInspect }: EditorProps) {
  const trpc = useTRPC();
  const [template, setTemplate] = useState(TEMPLATES[0]?.slug ?? '');
  const [form, setForm] = useState<TokenForm>(() => filledIn(TEMPLATES[0] as (typeof TEMPLATES)[number], apis, ''));
  const issue = useMutation(trpc.partyTokens.issue.mutationOptions());
  const fault = faultOf(issue.error);
  const begin = (slug: string): void => {
    const found = TEMPLATES.find((one) => one.slug === slug);
    if (!found) return;
    setTemplate(slug);
    setForm(filledIn(found, apis, form.session));
  };
  const request = requestOf(form);
  return (
    <>
      <Section title="Begin with" description="Everything it fills in can be changed.">
        <Choices
          label="Begin with"
          className="sm:grid-cols-2"
          value={template}
          onChange={begin}
          choices={TEMPLATES.map(({ slug, name, does }) => ({ value: slug, label: name, hint: does }))}
        />
      </Section>
      <PartyTable form={form} onChange={setForm} />
      <PermissionTable form={form} onChange={setForm} />
      <TermsFields form={form} onChange={setForm} apis={apis} application={application} />
      <Section title="In short">
        <PartyPicture
          parties={form.parties.map(({ id, kind, role }) => ({ id, kind, role }))}
          acting={form.acting}
          principal={form.principal}
        />
        <ul className="list-inside list-disc text-muted text-sm">
          {form.permissions.map(({ row, party, actions, resources }) => (
            <li key={row} className="break-words">
              {party} may{' '}
              {actions.length === 0 || !resources.trim()
                ? 'do nothing by this row'
                : permissionWords({ actions: [...actions], resources: resources.split(/\s+/).filter(Boolean) })}
            </li>
          ))}
          <li>Everything else is refused.</li>
        </ul>
      </Section>
      {fault && <Notice tone="danger" title={fault.message} />}
      <div>
        <Button
          variant="primary"
          busy={issue.isPending}
          onClick={() => issue.mutate({ application, key: keyId, request: request as never })}
        >
          Issue the token
        </Button>
      </div>
      {issue.data && (
        <IssuedDialog
          issued={issue.data}
          request={request}
          gatewayUrl={gatewayUrl}
          onClose={() => issue.reset()}
          onInspect={(token) => {
            issue.reset();
            onInspect(token);
          }}
        />
      )}
    </>
  );
}
