'use client';

import type { PromptDefinition } from '@parley/contracts/snapshot';
import { shortNameOf } from '@parley/kernel/short-name';
import { StateBadge } from '@parley/ui/badge';
import { Button } from '@parley/ui/button';
import { Choices, Field, Input } from '@parley/ui/field';
import { Form, issueOf } from '@parley/ui/form';
import { LimitFields, limitDrafts, readLimitDrafts } from '@parley/ui/limit-fields';
import { NameFields, type NameValue, slugOfValue } from '@parley/ui/name-fields';
import { Notice } from '@parley/ui/page';
import { Sheet } from '@parley/ui/sheet';
import { toast } from '@parley/ui/toast';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useShell } from '@/shell/shell-context.tsx';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import type { RouterOutputs } from '@/trpc/root.ts';
import { type Live, PublishLive } from './publish-live.tsx';

type Prompt = RouterOutputs['prompts']['get'];

interface Props {
  readonly prompt: Prompt;
  readonly number: number;
  readonly definition: PromptDefinition;
  readonly onClose: () => void;
}

/** Makes the saved version callable: at an address that serves this prompt already, or at a new one. */
export function PublishSheet({ prompt, number, definition, onClose }: Props) {
  const [live, setLive] = useState<Live | null>(null);
  const [fresh, setFresh] = useState(prompt.publishedAs.length === 0);
  return (
    <Sheet
      open
      onOpenChange={onClose}
      title={live ? 'Published' : `Publish version ${number}`}
      description={live ? undefined : 'Callers see its variables and its answers, never its messages.'}
    >
      {live ? (
        <PublishLive live={live} definition={definition} onClose={onClose} />
      ) : (
        <div className="flex flex-col gap-5">
          {prompt.publishedAs.length > 0 && <ServedList prompt={prompt} number={number} onLive={setLive} />}
          {fresh ? (
            <NewApiForm prompt={prompt} number={number} onLive={setLive} />
          ) : (
            <Button className="self-start" onClick={() => setFresh(true)}>
              Publish as another API
            </Button>
          )}
        </div>
      )}
    </Sheet>
  );
}

function ServedList({ prompt, number, onLive }: { prompt: Prompt; number: number; onLive: (live: Live) => void }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const serve = useMutation(
    trpc.prompts.serve.mutationOptions({
      onSuccess: async (version) => {
        await queries.invalidateQueries(trpc.prompts.pathFilter());
        onLive({ api: version.api, url: version.url });
      },
    }),
  );
  const move = useMutation(
    trpc.prompts.setLabel.mutationOptions({
      onSuccess: async ({ warnings }) => {
        await queries.invalidateQueries(trpc.prompts.pathFilter());
        toast({ title: warnings.length > 0 ? warnings.join(' ') : `Version ${number} is served` });
      },
    }),
  );
  const fault = faultOf(serve.error ?? move.error);
  return (
    <section className="flex flex-col gap-3">
      <h3 className="font-medium text-sm">Where this prompt is served</h3>
      {fault && (
        <Notice tone="danger" title={fault.message}>
          {fault.issues.map(({ message }) => message).join(' ')}
        </Notice>
      )}
      <ul className="flex flex-col divide-y rounded-md border">
        {prompt.publishedAs.map((one) => (
          <li
            key={`${one.api}/${one.version}`}
            className="flex flex-wrap items-center justify-between gap-2 px-3 py-2.5 text-sm"
          >
            <span className="flex flex-wrap items-center gap-2">
              <span className="font-mono text-xs">
                {one.api}/{one.version}
              </span>
              <StateBadge state={one.state} />
              <span className="text-faint text-xs">
                {one.promptLabel ? `follows ${one.promptLabel}, now ` : 'serves '}version {one.promptVersion}
              </span>
            </span>
            {one.promptVersion !== number && one.promptLabel && one.state !== 'retired' && (
              <Button
                size="sm"
                variant="primary"
                busy={move.isPending}
                onClick={() =>
                  move.mutate({ prompt: prompt.slug, label: one.promptLabel ?? '', promptVersion: number })
                }
              >
                Move {one.promptLabel} to version {number}
              </Button>
            )}
            {one.promptVersion !== number && !one.promptLabel && one.state !== 'retired' && one.state !== 'review' && (
              <Button
                size="sm"
                variant="primary"
                busy={serve.isPending}
                onClick={() =>
                  serve.mutate({
                    api: one.api,
                    version: one.version,
                    definition: { kind: 'prompt', prompt: prompt.slug, promptVersion: number },
                    note: `Prompt version ${number}`,
                  })
                }
              >
                Serve version {number}
              </Button>
            )}
          </li>
        ))}
      </ul>
      <p className="text-faint text-xs">
        Callers of a published address get the new version within a second. The API’s page rolls back with one press.
      </p>
    </section>
  );
}

function NewApiForm({ prompt, number, onLive }: { prompt: Prompt; number: number; onLive: (live: Live) => void }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const { tenant } = useShell();
  const taken = prompt.publishedAs.some((one) => one.api === prompt.slug);
  const [naming, setNaming] = useState<NameValue>({ name: prompt.name, ownSlug: taken ? '' : prompt.slug });
  const [summary, setSummary] = useState(prompt.description.slice(0, 300));
  const [visibility, setVisibility] = useState('tenant');
  const [plan, setPlan] = useState('Standard');
  const [limits, setLimits] = useState(() => limitDrafts([{ requests: 60, windowSeconds: 60 }]));
  const [approval, setApproval] = useState('manual');
  const publish = useMutation(
    trpc.prompts.publish.mutationOptions({
      onSuccess: async (made) => {
        await queries.invalidateQueries(trpc.prompts.pathFilter());
        onLive({ api: made.api, url: made.url });
      },
    }),
  );
  const fault = faultOf(publish.error);
  return (
    <Form
      fault={fault}
      fields={['name', 'slug', 'summary', 'plan.name', 'plan.slug', 'limits', 'plan.limits']}
      onSubmit={() =>
        publish.mutateAsync({
          prompt: prompt.slug,
          promptVersion: number,
          name: naming.name,
          slug: slugOfValue(naming),
          summary,
          visibility: visibility === 'public' ? 'public' : 'tenant',
          plan: {
            name: plan,
            slug: shortNameOf(plan),
            limits: readLimitDrafts(limits),
            approval: approval === 'auto' ? 'auto' : 'manual',
          },
        })
      }
    >
      <NameFields
        value={naming}
        onChange={setNaming}
        fault={fault}
        hint={
          <>
            Its address ends in{' '}
            <span className="break-all font-mono text-muted">
              /{tenant.slug}/{slugOfValue(naming) || 'short-name'}/v1
            </span>
          </>
        }
      />
      <Field label="What it does" optional error={issueOf(fault, 'summary')} hint="One sentence for the catalogue.">
        <Input value={summary} onChange={(event) => setSummary(event.target.value)} />
      </Field>
      <fieldset>
        <legend className="mb-2 font-medium text-sm">Who may find it</legend>
        <Choices
          label="Who may find it"
          value={visibility}
          onChange={setVisibility}
          choices={[
            { value: 'tenant', label: `Members of ${tenant.name}`, hint: 'Nobody else sees that it exists.' },
            {
              value: 'public',
              label: 'Everyone',
              hint: 'It stands in the public catalogue. Calling it still needs a subscription.',
            },
          ]}
        />
      </fieldset>
      <Field label="Plan" error={issueOf(fault, 'plan.name') ?? issueOf(fault, 'plan.slug')}>
        <Input value={plan} onChange={(event) => setPlan(event.target.value)} />
      </Field>
      <LimitFields
        limits={limits}
        onChange={setLimits}
        error={issueOf(fault, 'limits') ?? issueOf(fault, 'plan.limits')}
      />
      <fieldset>
        <legend className="mb-2 font-medium text-sm">When somebody subscribes</legend>
        <Choices
          label="When somebody subscribes"
          value={approval}
          onChange={setApproval}
          choices={[
            { value: 'manual', label: 'One of us decides', hint: 'The request waits on the page Approvals.' },
            { value: 'auto', label: 'They may call it at once' },
          ]}
        />
      </fieldset>
      <Button type="submit" variant="primary" className="self-end" busy={publish.isPending}>
        Publish
      </Button>
    </Form>
  );
}
