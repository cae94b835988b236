'use client';

import { Button } from '@parley/ui/button';
import { Field, Input, Select, Textarea } from '@parley/ui/field';
import { Notice } from '@parley/ui/page';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Fields } from '@/schema-form/schema-node.ts';
import { useShell } from '@/shell/shell-context.tsx';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import { DryRunResult } from '../policies/dry-run-result.tsx';
import type { Api, Version } from '../types.ts';
import { listIn, textIn } from './routing-draft.ts';
import { bodyProblem, type TrialDraft, trialCall } from './trial-call.ts';

const NOBODY = '';

/** Asks the gateway which model a call would go to, by the routing as it is written now; nothing is saved, called or counted. */
export function RoutingTrial({ api, version, routing }: { api: Api; version: Version; routing: Fields }) {
  const trpc = useTRPC();
  const { can } = useShell();
  const names = listIn(routing, 'aliases')
    .map((alias) => textIn(alias, 'name'))
    .filter(Boolean);
  const own = version.definition?.kind === 'llm' ? version.definition.models : [];
  const [draft, setDraft] = useState<TrialDraft>({ name: '', text: 'Hello', more: '', headers: '' });
  const [chosen, setChosen] = useState<string | null>(null);
  const subscriptions = useQuery({
    ...trpc.apis.subscriptions.queryOptions({ api: api.slug, show: 'all', limit: 100 }),
    enabled: can('approvals.read'),
  });
  const holders = subscriptions.data?.items ?? [];
  const subscription = chosen ?? holders.find(({ state }) => state === 'approved')?.id ?? NOBODY;
  const ask = useMutation(trpc.apis.explain.mutationOptions());
  const all = [...new Set([...names, ...own])];
  const name = all.includes(draft.name) ? draft.name : (all[0] ?? '');
  const prompt = api.kind === 'prompt';
  const badBody = bodyProblem(draft);
  const served = version.state === 'published' || version.state === 'deprecated';
  const [tried, setTried] = useState<Fields | null>(null);
  const fault = faultOf(ask.error);
  const submit = (): void => {
    setTried(routing);
    ask.mutate({
      api: api.slug,
      version: version.version,
      ...trialCall(api.kind, { ...draft, name }),
      subscription: subscription === NOBODY ? null : subscription,
      // As typed: the server judges it as saving would.
      modelRouting: routing,
    });
  };
  return (
    <section
      aria-label="Dry run"
      className="flex min-w-0 flex-col gap-4 rounded-md border bg-surface p-4 lg:sticky lg:top-0 lg:self-start"
    >
      <div>
        <h2 className="font-semibold text-sm">Which model would answer?</h2>
        <p className="text-muted text-xs">By the routing as it is written here, saved or not. No model is asked.</p>
      </div>
      {!served ? (
        <Notice tone="info" title="Publish this version to try calls">
          The gateway does not know it yet.
        </Notice>
      ) : (
        <>
          {!prompt && (
            <>
              <Field label="A call for">
                <Select
                  value={name}
                  onChange={({ target }) => setDraft({ ...draft, name: target.value })}
                  options={all.map((value) => ({ value, label: names.includes(value) ? value : `${value} (a model)` }))}
                />
              </Field>
              <Field label="The user says">
                <Input value={draft.text} onChange={({ target }) => setDraft({ ...draft, text: target.value })} />
              </Field>
            </>
          )}
          <Field
            label={prompt ? 'Variables' : 'More of its body'}
            optional={!prompt}
            aside="JSON"
            error={badBody}
            hint={prompt ? undefined : 'Such as {"user": "vip"}, for conditions that ask for it.'}
          >
            <Textarea
              rows={prompt ? 4 : 2}
              spellCheck={false}
              className="font-mono text-xs"
              value={draft.more}
              onChange={({ target }) => setDraft({ ...draft, more: target.value })}
            />
          </Field>
          <Field label="Headers" optional aside="name: value, one per line">
            <Textarea
              rows={2}
              spellCheck={false}
              className="font-mono text-xs"
              value={draft.headers}
              onChange={({ target }) => setDraft({ ...draft, headers: target.value })}
            />
          </Field>
          <Field label="Application">
            <Select
              value={subscription}
              onChange={({ target }) => setChosen(target.value)}
              options={[
                { value: NOBODY, label: 'None: the headers say who calls' },
                ...holders.map(({ id, application, applicant, plan }) => ({
                  value: id,
                  label: `${application.name} (${applicant.name}, ${plan.name})`,
                })),
              ]}
            />
          </Field>
          <Button
            className="self-start"
            busy={ask.isPending}
            disabled={badBody !== null || subscriptions.isLoading}
            onClick={submit}
          >
            Try this call
          </Button>
        </>
      )}
      {fault && !ask.isPending && (
        <Notice tone="danger" title={fault.message}>
          <ul className="list-inside list-disc">
            {fault.issues.map(({ path, message }) => (
              <li key={path + message}>{message}</li>
            ))}
          </ul>
        </Notice>
      )}
      {ask.data && !ask.isPending && (
        <>
          {tried !== routing && <Notice tone="warning" title="You changed the routing since: try again" />}
          <DryRunResult reply={ask.data} brief />
        </>
      )}
    </section>
  );
}
