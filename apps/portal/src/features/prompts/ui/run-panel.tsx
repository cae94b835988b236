'use client';

import { parseAmount } from '@parley/kernel/money';
import { Badge } from '@parley/ui/badge';
import { Button } from '@parley/ui/button';
import { CopyButton } from '@parley/ui/copy-button';
import { Field, Input, Select, Textarea } from '@parley/ui/field';
import { issueOf } from '@parley/ui/form';
import { Count, Duration } from '@parley/ui/format';
import { moneyText } from '@parley/ui/format-text';
import { Notice } from '@parley/ui/page';
import { useMutation } from '@tanstack/react-query';
import { Play, Square } from 'lucide-react';
import { useEffect, useEffectEvent, useState } from 'react';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import { type Draft, readDraft, STRUCTURED, type VariableDraft, valueOf } from './draft.ts';
import { PreviewView } from './preview-view.tsx';
import { type RunSummary, useRun } from './use-run.ts';

type RunValues = Record<string, NonNullable<VariableDefault>>;
type VariableDefault = ReturnType<typeof readDraft>['definition']['variables'][number]['default'];

/** Values for the variables, and what the model says to them, streamed. */
export function RunPanel({ draft, mayRun }: { draft: Draft; mayRun: boolean }) {
  const [values, setValues] = useState<Readonly<Record<string, string>>>({});
  const preview = useMutation(useTRPC().prompts.preview.mutationOptions());
  const { run, start, stop } = useRun();
  const { definition, issues } = readDraft(draft);
  const running = run.state === 'running';
  const given = (): Record<string, unknown> => {
    const entries = draft.variables.flatMap((variable) => {
      const value = valueOf(variable, values[variable.name] ?? '', () => jsonOr(values[variable.name] ?? ''));
      return value === undefined ? [] : [[variable.name, value] as const];
    });
    return Object.fromEntries(entries);
  };
  const go = (): void => void start(definition, given());
  const onKeyDown = useEffectEvent((event: KeyboardEvent): void => {
    if (event.key === 'Enter' && (event.metaKey || event.ctrlKey) && mayRun && !running) go();
  });
  // Anywhere on the page: the fields that are tried stand beside those that are written.
  useEffect(() => {
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, []);
  const elsewhere = (run.fault?.issues ?? []).filter(({ path }) => !path.startsWith('variables.'));
  return (
    <section aria-label="Test run" className="flex flex-col gap-4">
      {draft.variables.length > 0 && (
        <div className="flex flex-col gap-3">
          {draft.variables.map((variable) => (
            <Field
              key={variable.key}
              label={<span className="font-mono text-xs">{variable.name || '(no name)'}</span>}
              optional={!variable.required || variable.fallback !== ''}
              error={issueOf(run.fault, `variables.${variable.name}`)}
              hint={variable.description || undefined}
            >
              <ValueInput
                variable={variable}
                value={values[variable.name] ?? ''}
                onChange={(value) => setValues({ ...values, [variable.name]: value })}
              />
            </Field>
          ))}
        </div>
      )}
      {mayRun && (
        <div className="flex items-center gap-3">
          {running ? (
            <Button icon={<Square className="size-3.5" />} onClick={stop}>
              Stop
            </Button>
          ) : (
            <Button
              icon={<Play className="size-3.5" />}
              disabled={issues.length > 0 || draft.model === ''}
              onClick={go}
            >
              Run
            </Button>
          )}
          <span className="text-faint text-xs">
            {draft.model === '' ? 'Choose a model first.' : 'Calls the provider for real, as you see it here. ⌘⏎'}
          </span>
        </div>
      )}
      <Button
        size="sm"
        className="self-start"
        disabled={issues.length > 0}
        busy={preview.isPending}
        onClick={() => preview.mutate({ definition, variables: given() as RunValues })}
      >
        Preview
      </Button>
      {preview.isError && <Notice tone="danger" title={faultOf(preview.error)?.message} />}
      {preview.data && <PreviewView preview={preview.data} />}
      {run.fault && (
        <Notice tone="danger" title={run.fault.message}>
          {elsewhere.length > 0 && (
            <ul className="list-inside list-disc">
              {elsewhere.map((issue) => (
                <li key={issue.path + issue.message}>{issue.message}</li>
              ))}
            </ul>
          )}
        </Notice>
      )}
      {(run.text !== '' || running) && (
        <div className="overflow-hidden rounded-md border bg-surface">
          <div className="flex h-9 items-center justify-between border-b pr-1 pl-3">
            <span className="text-muted text-xs">
              {running ? 'Answering…' : run.state === 'stopped' ? 'Stopped' : 'Answer'}
            </span>
            <CopyButton text={run.text} label="Copy the answer" />
          </div>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
          <div
            tabIndex={0}
            role="region"
            aria-label="Answer"
            aria-busy={running}
            className="max-h-[28rem] min-h-24 overflow-y-auto whitespace-pre-wrap break-words p-3 text-sm"
          >
            {draft.output === 'json' && run.state === 'done' ? (
              <code className="font-mono text-xs">{pretty(run.text)}</code>
            ) : (
              run.text
            )}
            {running && (
              <span aria-hidden className="ml-0.5 inline-block h-4 w-1.5 animate-pulse bg-accent align-text-bottom" />
            )}
          </div>
          {run.summary && <Summary summary={run.summary} json={draft.output === 'json'} />}
        </div>
      )}
    </section>
  );
}

function Summary({ summary, json }: { summary: RunSummary; json: boolean }) {
  const { usage, cost, currency } = summary;
  const nano = cost === null ? null : parseAmount(cost);
  return (
    <div className="flex flex-col gap-2 border-t bg-sunken px-3 py-2.5">
      <dl className="grid grid-cols-2 gap-x-4 gap-y-1 text-xs sm:grid-cols-4 xl:grid-cols-2 2xl:grid-cols-4">
        <Fact name="Tokens">
          {usage ? (
            <>
              <Count value={usage.inputTokens} /> in · <Count value={usage.outputTokens} /> out
            </>
          ) : (
            'not told'
          )}
        </Fact>
        <Fact name="Cost">{nano === null ? 'no price' : moneyText(nano, currency ?? 'USD')}</Fact>
        <Fact name="Took">
          <Duration ms={summary.latencyMs} />
        </Fact>
        <Fact name="First text">
          <Duration ms={summary.firstTextMs} />
        </Fact>
      </dl>
      {(usage?.reasoningTokens ?? 0) > 0 && (
        <p className="text-faint text-xs">{usage?.reasoningTokens} of the tokens were spent on reasoning.</p>
      )}
      {summary.finishReason === 'length' && (
        <p className="text-warning-text text-xs">The answer was cut at its longest length.</p>
      )}
      {json &&
        (summary.outputProblem ? (
          <p className="text-danger-text text-xs">
            It does not fit the schema: {summary.outputProblem}. Callers would be refused.
          </p>
        ) : (
          <span>
            <Badge tone="success">Fits the schema</Badge>
          </span>
        ))}
    </div>
  );
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div>
      <dt className="text-faint">{name}</dt>
      <dd className="tabular-nums">{children}</dd>
    </div>
  );
}

function ValueInput({
  variable,
  value,
  onChange,
}: {
  variable: VariableDraft;
  value: string;
  onChange: (value: string) => void;
}) {
  const placeholder = variable.fallback;
  if (variable.type === 'enum' || variable.type === 'boolean') {
    const options = variable.type === 'boolean' ? ['true', 'false'] : variable.values.split('\n').filter(Boolean);
    return (
      <Select
        value={value}
        onChange={(event) => onChange(event.target.value)}
        options={[
          { value: '', label: placeholder ? `${placeholder} (default)` : 'Choose' },
          ...options.map((option) => ({ value: option, label: option })),
        ]}
      />
    );
  }
  if (variable.type === 'string' || STRUCTURED.has(variable.type)) {
    return (
      <Textarea
        rows={Math.min(10, Math.max(2, value.split('\n').length))}
        placeholder={placeholder}
        className={variable.type === 'string' ? '' : 'font-mono text-xs'}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
    );
  }
  return (
    <Input
      inputMode="decimal"
      placeholder={placeholder}
      value={value}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}

/** JSON as it was meant, or the text itself, about which the server will say what is wrong. */
function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
