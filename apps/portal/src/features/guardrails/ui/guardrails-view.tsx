'use client';

import { TitledCard } from '@parley/ui/card';
import { Field, Input, Select, Textarea } from '@parley/ui/field';
import { Notice, Page, PageHeader } from '@parley/ui/page';
import { Segmented } from '@parley/ui/segmented';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Inside } from '@/schema-form/schema-fields.tsx';
import { isFields, type Schema, type Value } from '@/schema-form/schema-node.ts';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import { AskModels } from './ask-models.tsx';
import { CopySettings } from './copy-settings.tsx';
import { startsOf } from './starts.ts';
import { type Place, useTry } from './use-try.ts';
import { VerdictView } from './verdict-view.tsx';

const PLACES: readonly { readonly value: Place; readonly label: string }[] = [
  { value: 'input', label: 'From a caller' },
  { value: 'toolResults', label: 'Tool or document' },
  { value: 'output', label: 'Answer' },
  { value: 'toolArguments', label: 'For a tool' },
];

const SAMPLE =
  'Hello, I am Ada. Please write to ada@example.org or +44 20 7946 0958 about the card 4111 1111 1111 1111.';

/** Tries guardrails on a text while both are written. */
export function GuardrailsView({ schema }: { schema: Schema }) {
  const trpc = useTRPC();
  const guarded = useQuery(trpc.guardrails.list.queryOptions({}));
  const starts = startsOf(guarded.data?.items ?? []);
  const [start, setStart] = useState(starts[0].value);
  const [policy, setPolicy] = useState<Value>(starts[0].settings);
  const [text, setText] = useState(SAMPLE);
  const [place, setPlace] = useState<Place>('input');
  const [document, setDocument] = useState('');
  const [tool, setTool] = useState('');
  const tried = useTry({ text, place, document, tool, policy });
  const fault = faultOf(tried.error);
  const grounds = place === 'output' && isFields(policy) && isFields(policy['grounding']);
  const wrongText = fault?.issues.find(({ path }) => path === 'text')?.message;
  return (
    <Page>
      <PageHeader
        title="Guardrails"
        description="Try what guardrails make of a text. Local checks run as you type; models are asked only when you press."
      />
      <div className="grid min-w-0 items-start gap-6 lg:grid-cols-2">
        <TitledCard title="Text" className="min-w-0 lg:sticky lg:top-6">
          <div className="flex min-w-0 flex-col gap-5">
            <Segmented label="Looked at as" segments={PLACES} value={place} onChange={setPlace} />
            <Field label="Text" error={wrongText} hint="Up to 20,000 characters.">
              <Textarea rows={6} spellCheck={false} value={text} onChange={({ target }) => setText(target.value)} />
            </Field>
            {grounds && (
              <Field label="Document" hint="What the answer is to be borne out by." optional>
                <Textarea rows={4} value={document} onChange={({ target }) => setDocument(target.value)} />
              </Field>
            )}
            {place === 'toolArguments' && (
              <Field label="Tool" hint="For rules on tools by their names." optional>
                <Input
                  className="font-mono"
                  maxLength={128}
                  value={tool}
                  onChange={({ target }) => setTool(target.value)}
                />
              </Field>
            )}
            {fault && !wrongText && (
              <Notice tone="danger" title={fault.message}>
                {fault.issues.find(({ path }) => path === 'policy' || path === 'document')?.message}
              </Notice>
            )}
            {text.trim() === '' ? (
              <p className="text-muted text-sm">Write or paste a text to see what is found in it.</p>
            ) : (
              !fault && tried.data && <VerdictView tried={tried.data} place={place} />
            )}
            {text.trim() !== '' && !fault && <AskModels text={text} place={place} policy={policy} />}
          </div>
        </TitledCard>
        <TitledCard
          title="Settings"
          description="Changed here only: copy them into an API’s policies to put them in force."
          action={<CopySettings policy={policy} />}
          className="min-w-0"
        >
          <div className="flex min-w-0 flex-col gap-5">
            <Field label="Start from">
              <Select
                value={start}
                options={starts}
                onChange={({ target }) => {
                  const chosen = starts.find(({ value }) => value === target.value) ?? starts[0];
                  setStart(chosen.value);
                  setPolicy(chosen.settings);
                }}
              />
            </Field>
            <Inside
              key={start}
              name="guardrails"
              label="Guardrails"
              schema={schema}
              value={policy}
              onChange={setPolicy}
              path="policy"
              fault={fault}
              required
            />
          </div>
        </TitledCard>
      </div>
    </Page>
  );
}
