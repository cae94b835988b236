'use client';

import { formatAmount } from '@parley/kernel/money';
import { Button } from '@parley/ui/button';
import { Dialog } from '@parley/ui/dialog';
import { Field, Input, Select } from '@parley/ui/field';
import { Form, issueOf } from '@parley/ui/form';
import { NameFields, NO_NAME, slugOfValue } from '@parley/ui/name-fields';
import { Segmented } from '@parley/ui/segmented';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { useShell } from '@/shell/shell-context.tsx';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import { type Budget, PERIOD_WORDS, SCOPE_WORDS } from './budget-words.ts';
import { SubjectField } from './subject-field.tsx';

const FIELDS = ['name', 'slug', 'scope', 'subject', 'period', 'amount', 'mode', 'thresholds', 'webhook'];
const MODES = [
  { value: 'soft', label: 'Only tell' },
  { value: 'hard', label: 'Refuse beyond' },
] as const;
const PERIODS = Object.entries(PERIOD_WORDS).map(([value, label]) => ({ value, label }));
const SCOPES = Object.entries(SCOPE_WORDS).map(([value, label]) => ({ value, label }));

/** `50, 80 100` as numbers; what is none becomes NaN, which the verb refuses. */
function percentsOf(text: string): number[] {
  return text.split(/[\s,;%]+/).flatMap((part) => (part === '' ? [] : [Number(part)]));
}

/** Makes a budget, or changes one: what it is about and its period stay. */
export function BudgetDialog({
  budget,
  currency,
  onClose,
}: {
  budget?: Budget;
  currency: string;
  onClose: () => void;
}) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const { can } = useShell();
  const formId = useId();
  const [name, setName] = useState(budget ? { name: budget.name, ownSlug: budget.slug } : NO_NAME);
  const [scope, setScope] = useState<Budget['scope']>('tenant');
  const [subject, setSubject] = useState('');
  const [period, setPeriod] = useState<Budget['period']>('month');
  const [amount, setAmount] = useState(budget ? formatAmount(BigInt(budget.amountNano)) : '');
  const [mode, setMode] = useState<Budget['mode']>(budget?.mode ?? 'soft');
  const [thresholds, setThresholds] = useState((budget?.thresholds ?? [50, 80, 100]).join(', '));
  const [webhook, setWebhook] = useState(budget?.webhook ?? '');
  const upstreams = useQuery({ ...trpc.budgets.upstreams.queryOptions({}), enabled: can('upstreams.read') });
  const create = useMutation(trpc.budgets.create.mutationOptions());
  const update = useMutation(trpc.budgets.update.mutationOptions());
  const fault = faultOf(create.error ?? update.error);
  const submit = async (): Promise<void> => {
    const shared = { name: name.name, amount, mode, thresholds: percentsOf(thresholds), webhook: webhook || null };
    if (budget) await update.mutateAsync({ budget: budget.slug, ...shared });
    else await create.mutateAsync({ slug: slugOfValue(name), scope, subject, period, ...shared });
    await queries.invalidateQueries({ queryKey: trpc.budgets.pathKey() });
    onClose();
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={budget ? `Change “${budget.name}”` : 'New budget'}
      description={budget ? 'What it is about and its period stay: make another one for that.' : undefined}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={formId} variant="primary" busy={create.isPending || update.isPending}>
            {budget ? 'Save' : 'Make budget'}
          </Button>
        </>
      }
    >
      <Form id={formId} fault={fault} fields={FIELDS} onSubmit={submit}>
        {budget ? (
          <Field label="Name" error={issueOf(fault, 'name')}>
            <Input value={name.name} onChange={(event) => setName({ ...name, name: event.target.value })} />
          </Field>
        ) : (
          <>
            <NameFields value={name} onChange={setName} fault={fault} />
            <Field label="For" error={issueOf(fault, 'scope')}>
              <Select
                value={scope}
                onChange={(event) => {
                  setScope(event.target.value as Budget['scope']);
                  setSubject('');
                }}
                options={SCOPES}
              />
            </Field>
            <SubjectField scope={scope} value={subject} onChange={setSubject} error={issueOf(fault, 'subject')} />
          </>
        )}
        <div className="grid gap-5 sm:grid-cols-2">
          <Field label={`Amount in ${currency}`} error={issueOf(fault, 'amount')}>
            <Input inputMode="decimal" value={amount} onChange={(event) => setAmount(event.target.value)} />
          </Field>
          {!budget && (
            <Field label="Period" hint="In the tenant’s time zone." error={issueOf(fault, 'period')}>
              <Select
                value={period}
                onChange={(event) => setPeriod(event.target.value as Budget['period'])}
                options={PERIODS}
              />
            </Field>
          )}
        </div>
        <div className="flex flex-col gap-2">
          <Segmented label="When it is used up" value={mode} onChange={setMode} segments={MODES} />
          <p className="text-muted text-xs">
            {mode === 'hard'
              ? 'A call is refused when the most it may cost does not fit into what is left. Models without a price are refused, too.'
              : 'Calls go on; those who may change budgets are told.'}
          </p>
        </div>
        <Field
          label="Tell at, in percent"
          hint="In the portal and by mail, once for each period."
          error={issueOf(fault, 'thresholds') ?? issueOf(fault, 'thresholds.0')}
        >
          <Input value={thresholds} onChange={(event) => setThresholds(event.target.value)} />
        </Field>
        {upstreams.data && (
          <Field
            label="Webhook"
            optional
            hint="An upstream that gets a signed event at each threshold."
            error={issueOf(fault, 'webhook')}
          >
            <Select
              value={webhook}
              onChange={(event) => setWebhook(event.target.value)}
              options={[
                { value: '', label: 'None' },
                ...upstreams.data.items.map((one) => ({ value: one.slug, label: one.name })),
              ]}
            />
          </Field>
        )}
      </Form>
    </Dialog>
  );
}
