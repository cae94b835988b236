'use client';

import type { Outcome, PlanPricing } from '@parley/contracts/plan-pricing';
import { OUTCOME_WORDS } from '@parley/domain/rating/price-words';
import { Button } from '@parley/ui/button';
import { Checkbox, Choices, Field, Input, Switch } from '@parley/ui/field';
import { Form } from '@parley/ui/form';
import { Sheet } from '@parley/ui/sheet';
import { useMutation } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import { PriceLines } from '@/words/price-lines.tsx';
import type { Api, Plan } from '../types.ts';
import { useRefresh } from '../use-refresh.ts';
import { type DraftIssues, draftOf, draftPath, newRule, type PriceDraft, readDraft } from './price-draft.ts';
import { PriceSimulation } from './price-simulation.tsx';
import { RuleFields } from './rule-fields.tsx';
import { START_OUTCOMES, type StartDraft, StartFields } from './start-fields.tsx';

/** Sets what a plan costs: a form on the left, what customers will read and what it would have cost on the right. */
export function PriceSheet({
  api,
  plan,
  currency,
  onClose,
}: {
  api: Api;
  plan: Plan;
  currency: string;
  onClose: () => void;
}) {
  const trpc = useTRPC();
  const refresh = useRefresh();
  const [draft, setDraft] = useState(() => draftOf((plan.nextPrice ?? plan.price)?.pricing ?? null, START_OUTCOMES));
  const [start, setStart] = useState<StartDraft>({ when: 'now', at: '', forSubscribers: true });
  const [tried, setTried] = useState(false);
  const set = useMutation(
    trpc.apis.setPlanPrice.mutationOptions({
      onSuccess: async () => {
        await refresh();
        onClose();
      },
    }),
  );
  const read = readDraft(draft);
  const pricing = 'pricing' in read ? read.pricing : null;
  const fault = faultOf(set.error);
  const issues: DraftIssues = {
    ...Object.fromEntries((fault?.issues ?? []).map(({ path, message }) => [draftPath(draft, path), message])),
    ...('issues' in read && tried ? read.issues : {}),
  };
  const submit = async () => {
    setTried(true);
    if (!pricing) return;
    await set.mutateAsync({
      api: api.slug,
      plan: plan.slug,
      pricing,
      ...(start.when === 'later' && start.at ? { effectiveFrom: new Date(start.at).toISOString() } : {}),
      forSubscribers: start.forSubscribers,
    });
  };
  const wrong = tried && pricing === null;
  return (
    <Sheet
      open
      wide="full"
      onOpenChange={onClose}
      title={`Price of ${plan.name}`}
      description={`What subscribers of ${api.name} pay on this plan, in ${currency}`}
      footer={
        <>
          {wrong && (
            <p role="alert" className="mr-auto self-center text-danger-text text-xs">
              Some fields are not right.
            </p>
          )}
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form="price" variant="primary" busy={set.isPending}>
            Set this price
          </Button>
        </>
      }
    >
      <div className="grid gap-8 lg:grid-cols-[minmax(0,1fr)_20rem]">
        <Form
          id="price"
          fault={fault}
          fields={(fault?.issues ?? []).filter(({ path }) => draftPath(draft, path) !== path).map(({ path }) => path)}
          onSubmit={submit}
          className="flex min-w-0 flex-col gap-6"
        >
          <PriceFields draft={draft} currency={currency} issues={issues} onChange={setDraft} />
          <StartFields plan={plan} start={start} onChange={setStart} error={issues['effectiveFrom']} />
        </Form>
        <aside className="flex flex-col gap-6 lg:border-l lg:pl-6">
          <section aria-label="What customers read" className="flex flex-col gap-2">
            <h3 className="font-semibold text-sm">What customers read</h3>
            <Preview pricing={pricing} currency={currency} />
          </section>
          <PriceSimulation api={api} plan={plan} pricing={pricing} />
        </aside>
      </div>
    </Sheet>
  );
}

function Preview({ pricing, currency }: { pricing: PlanPricing | null; currency: string }) {
  if (pricing === null) return <p className="text-muted text-sm">Shows as soon as every field can be read.</p>;
  return <PriceLines price={{ pricing, currency }} />;
}

function PriceFields({
  draft,
  currency,
  issues,
  onChange,
}: {
  draft: PriceDraft;
  currency: string;
  issues: DraftIssues;
  onChange: (draft: PriceDraft) => void;
}) {
  const set = (part: Partial<PriceDraft>): void => onChange({ ...draft, ...part });
  const prepaid = draft.collection === 'prepaid';
  return (
    <>
      <fieldset>
        <legend className="mb-2 font-medium text-sm">How it is paid</legend>
        <Choices
          label="How it is paid"
          className="sm:grid-cols-2"
          value={draft.collection}
          onChange={(value) => set({ collection: value === 'prepaid' ? 'prepaid' : 'invoice' })}
          choices={[
            { value: 'invoice', label: 'By monthly invoice', hint: 'Afterwards, for what was used.' },
            {
              value: 'prepaid',
              label: 'From credit bought before',
              hint: 'Calls are refused about a minute after it is used up.',
            },
          ]}
        />
      </fieldset>
      {!prepaid && (
        <div className="grid gap-3 sm:grid-cols-3">
          <Field label={`Monthly fee (${currency})`} optional error={issues['fee']}>
            <Input
              inputMode="decimal"
              placeholder="0.00"
              value={draft.fee}
              onChange={(event) => set({ fee: event.target.value })}
            />
          </Field>
          <Field label={`At least a month (${currency})`} optional error={issues['minimum']}>
            <Input
              inputMode="decimal"
              placeholder="0.00"
              value={draft.minimum}
              onChange={(event) => set({ minimum: event.target.value })}
            />
          </Field>
          <Field label="Free days at first" optional error={issues['trialDays']}>
            <Input
              inputMode="numeric"
              placeholder="0"
              value={draft.trialDays}
              onChange={(event) => set({ trialDays: event.target.value })}
            />
          </Field>
        </div>
      )}
      {!prepaid && (
        <Switch
          label="A card is left first"
          hint="Customers pay the fee for the rest of the month when they choose this plan. Not asked while card payments are off."
          checked={draft.cardFirst}
          onChange={(cardFirst) => set({ cardFirst })}
        />
      )}
      <section aria-label="What calls cost" className="flex flex-col gap-3">
        <h3 className="font-medium text-sm">What calls cost</h3>
        {draft.rules.length === 0 && <p className="text-muted text-sm">Nothing so far: calls are free on this plan.</p>}
        {draft.rules.map((rule, at) => (
          <RuleFields
            key={rule.key}
            rule={rule}
            number={at + 1}
            currency={currency}
            prepaid={prepaid}
            issues={issues}
            onChange={(next) => set({ rules: draft.rules.map((one) => (one.key === rule.key ? next : one)) })}
            onRemove={() => set({ rules: draft.rules.filter((one) => one.key !== rule.key) })}
          />
        ))}
        <Button
          size="sm"
          className="self-start"
          icon={<Plus className="size-3.5" />}
          disabled={draft.rules.length >= 20}
          onClick={() => set({ rules: [...draft.rules, newRule('requests')] })}
        >
          Charge for something
        </Button>
      </section>
      {draft.rules.length > 0 && (
        <fieldset className="grid gap-2 sm:grid-cols-2">
          <legend className="mb-2 font-medium text-sm">Which calls are billed</legend>
          {(Object.keys(OUTCOME_WORDS) as Outcome[]).map((outcome) => (
            <Checkbox
              key={outcome}
              label={OUTCOME_WORDS[outcome].charAt(0).toUpperCase() + OUTCOME_WORDS[outcome].slice(1)}
              checked={draft.outcomes[outcome]}
              onChange={(checked) => set({ outcomes: { ...draft.outcomes, [outcome]: checked } })}
            />
          ))}
        </fieldset>
      )}
    </>
  );
}
