'use client';

import { Button } from '@parley/ui/button';
import { Choices, Field, Input, Select } from '@parley/ui/field';
import { Form, issueOf } from '@parley/ui/form';
import { Money } from '@parley/ui/format';
import { Notice, Section } from '@parley/ui/page';
import { Skeleton } from '@parley/ui/skeleton';
import { toast } from '@parley/ui/toast';
import { useMutation, useQueries } from '@tanstack/react-query';
import { useDeferredValue, useState } from 'react';
import { useShell } from '@/shell/shell-context.tsx';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import { useTakeChange } from './act-dialog.tsx';
import { type Conversation, strategyWords } from './conversation-words.ts';
import { TokenBar } from './token-bar.tsx';
import { TurnUses } from './turn-uses.tsx';

const WINDOWS = [8_192, 32_768, 128_000, 200_000, 1_000_000];

/** More than any window: as good as no bound. */
const UNBOUNDED = 10_000_000;

function isCount(value: number | null): value is number {
  return value !== null && Number.isInteger(value) && value > 0;
}

/** A field's number; `null` for an empty one. */
function numberOf(text: string): number | null {
  const trimmed = text.trim();
  return trimmed === '' ? null : Number(trimmed);
}

/** How much of the conversation its next calls are sent: each strategy side by side, before it is chosen. */
export function StrategyEditor({ of }: { of: Conversation }) {
  const trpc = useTRPC();
  const { can } = useShell();
  const now = of.strategy;
  const [strategy, setStrategy] = useState(now.strategy);
  const [summaryModel, setSummaryModel] = useState(now.summaryModel ?? '');
  const [budget, setBudget] = useState(now.tokenBudget === null ? '' : String(now.tokenBudget));
  const [reserve, setReserve] = useState(now.outputReserve === null ? '' : String(now.outputReserve));
  const [days, setDays] = useState(String(now.retentionDays));
  const models = modelsOf(of);
  const [target, setTarget] = useState(models[0] ?? String(WINDOWS[1]));
  const tokenBudget = useDeferredValue(numberOf(budget));
  const outputReserve = useDeferredValue(numberOf(reserve));
  const previews = useQueries({
    queries: of.strategies.map((one) => ({
      ...trpc.conversations.preview.queryOptions({
        session: of.id,
        strategy: one,
        tokenBudget: isCount(tokenBudget) ? tokenBudget : UNBOUNDED,
        ...(isCount(outputReserve) ? { outputReserve } : {}),
        ...(models.includes(target) ? { model: target } : { window: Number(target) }),
      }),
      retry: false,
    })),
  });
  const save = useMutation(
    trpc.conversations.update.mutationOptions({
      onSuccess: useTakeChange(of.id, () => toast({ title: 'Saved: it holds from the next call on.' })),
    }),
  );
  const fault = faultOf(save.error);
  const chosen = previews[of.strategies.indexOf(strategy)];
  const problem = faultOf(chosen?.error);
  return (
    <div className="grid gap-8 lg:grid-cols-[minmax(0,20rem)_minmax(0,1fr)]">
      <Form
        fault={fault}
        fields={['summary_model', 'token_budget', 'output_reserve', 'retention_days']}
        onSubmit={() =>
          save.mutateAsync({
            session: of.id,
            strategy,
            summaryModel: summaryModel.trim() || null,
            tokenBudget: numberOf(budget),
            outputReserve: numberOf(reserve),
            retentionDays: numberOf(days),
          })
        }
      >
        <Choices
          label="What calls are sent of it"
          value={strategy}
          onChange={setStrategy}
          choices={of.strategies.map((value) => {
            const { name, does } = strategyWords(value);
            return { value, label: name, ...(does ? { hint: does } : {}) };
          })}
        />
        {strategy === 'summarise' && (
          <Field
            label="Model that makes the summaries"
            hint="By the name the application calls it. Its calls are the application’s, with their limits and price."
            error={issueOf(fault, 'summary_model')}
          >
            <Input value={summaryModel} onChange={(event) => setSummaryModel(event.target.value)} />
          </Field>
        )}
        <Field
          label="Tokens at most"
          optional
          hint="Of a call’s whole input. Empty: what the model’s window holds."
          error={issueOf(fault, 'token_budget')}
        >
          <Input inputMode="numeric" value={budget} onChange={(event) => setBudget(event.target.value)} />
        </Field>
        <Field
          label="Tokens left for the answer"
          optional
          hint="Empty: the model’s longest answer, at most a quarter of its window."
          error={issueOf(fault, 'output_reserve')}
        >
          <Input inputMode="numeric" value={reserve} onChange={(event) => setReserve(event.target.value)} />
        </Field>
        <Field label="Days it is kept after its last change" error={issueOf(fault, 'retention_days')}>
          <Input inputMode="numeric" value={days} onChange={(event) => setDays(event.target.value)} />
        </Field>
        {can('applications.write') && (
          <Button type="submit" variant="primary" busy={save.isPending} disabled={of.state === 'archived'}>
            Save
          </Button>
        )}
      </Form>
      <Section
        title="What the next call would be sent"
        description="Of the conversation alone: what the call itself says comes on top."
        actions={
          <Select
            aria-label="For which model"
            value={target}
            onChange={(event) => setTarget(event.target.value)}
            options={[
              ...models.map((value) => ({ value, label: value })),
              ...WINDOWS.map((tokens) => ({
                value: String(tokens),
                label: `Any with ${tokens.toLocaleString('en')} tokens`,
              })),
            ]}
          />
        }
      >
        {problem ? (
          <Notice title="It cannot be worked out now">{problem.message}</Notice>
        ) : (
          <div className="flex flex-col gap-5">
            {of.strategies.map((one, at) => (
              <div key={one} className="flex flex-col gap-1.5">
                <div className="flex flex-wrap items-baseline justify-between gap-2">
                  <h3 className="text-sm">
                    <span className={one === strategy ? 'font-semibold' : ''}>{strategyWords(one).name}</span>
                    {one === now.strategy && <span className="ml-2 text-faint text-xs">as it is now</span>}
                  </h3>
                  <Cost preview={previews[at]?.data} />
                </div>
                {previews[at]?.data?.fellBack && (
                  <p className="text-muted text-xs">
                    There is no summary that holds: as {strategyWords(previews[at].data.fellBack).name} does.
                  </p>
                )}
                {previews[at]?.data ? (
                  <TokenBar preview={previews[at].data} label={strategyWords(one).name} />
                ) : (
                  !previews[at]?.error && <Skeleton className="h-8" />
                )}
              </div>
            ))}
            {chosen?.data && chosen.data.overflow === null && (
              <div className="flex flex-col gap-2">
                <h3 className="font-medium text-sm">{strategyWords(strategy).name}: turn by turn</h3>
                <TurnUses of={of} preview={chosen.data} />
              </div>
            )}
          </div>
        )}
      </Section>
    </div>
  );
}

function Cost({ preview }: { preview: { cost: { nano: string; currency: string } | null } | undefined }) {
  if (!preview?.cost) return null;
  return (
    <span className="text-muted text-xs">
      input <Money nano={preview.cost.nano} currency={preview.cost.currency} />
    </span>
  );
}

/** Models its turns came from, the latest first. */
function modelsOf({ timeline }: Conversation): string[] {
  const names = timeline.flatMap(({ call }) =>
    call?.model ? [call.publisher ? `${call.publisher}/${call.model}` : call.model] : [],
  );
  return [...new Set(names.reverse())];
}
