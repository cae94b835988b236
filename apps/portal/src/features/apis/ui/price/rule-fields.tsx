'use client';

import type { Meter } from '@parley/contracts/plan-pricing';
import { METER_WORDS } from '@parley/domain/rating/price-words';
import { IconButton } from '@parley/ui/button';
import { Card } from '@parley/ui/card';
import { Field, Input, Select } from '@parley/ui/field';
import { Trash2 } from 'lucide-react';
import type { ChargeKind, DraftIssues, RuleDraft } from './price-draft.ts';
import { TierFields } from './tier-fields.tsx';

const METER_OPTIONS = (Object.keys(METER_WORDS) as Meter[]).map((value) => ({
  value,
  label: value === 'cost' ? 'Cost of the models' : sentence(METER_WORDS[value].many),
}));

const KINDS: Readonly<Record<Exclude<ChargeKind, 'markup'>, string>> = {
  perUnit: 'One price for each',
  graduated: 'Tiers: each unit at its tier’s price',
  volume: 'Volume: all units at the price of the tier reached',
  package: 'Packages: a price for each package begun',
};

/** One rule of a price: what is counted, how much of it is included, and what the rest costs. */
export function RuleFields({
  rule,
  number,
  currency,
  prepaid,
  issues,
  onChange,
  onRemove,
}: {
  rule: RuleDraft;
  number: number;
  currency: string;
  prepaid: boolean;
  issues: DraftIssues;
  onChange: (rule: RuleDraft) => void;
  onRemove: () => void;
}) {
  const { meter, kind } = rule;
  const { many, one } = METER_WORDS[meter];
  const set = (part: Partial<RuleDraft>): void => onChange({ ...rule, ...part });
  const issue = (field: string): string | undefined => issues[`rules.${rule.key}.${field}`];
  const setMeter = (next: Meter): void => {
    const usual = kind === 'markup' ? 'perUnit' : kind;
    set({ meter: next, kind: next === 'cost' ? 'markup' : usual });
  };
  return (
    <Card className="p-4">
      <fieldset className="flex flex-col gap-4">
        <legend className="sr-only">Rule {number}</legend>
        <div className="flex items-start gap-2">
          <div className="grid min-w-0 flex-1 gap-3 sm:grid-cols-2">
            <Field label="What is counted" error={issue('meter')}>
              <Select
                value={meter}
                onChange={(event) => setMeter(event.target.value as Meter)}
                options={METER_OPTIONS}
              />
            </Field>
            <Field label="Name on the invoice" error={issue('name') ?? issue('id')}>
              <Input
                value={rule.name}
                maxLength={80}
                placeholder={sentence(many)}
                onChange={(event) => set({ name: event.target.value })}
              />
            </Field>
          </div>
          <IconButton label={`Remove rule ${number}`} size="sm" className="mt-7" onClick={onRemove}>
            <Trash2 />
          </IconButton>
        </div>
        {kind === 'markup' ? (
          <Field label="On top of the cost, in percent" error={issue('percent') ?? issue('charge')}>
            <Input
              inputMode="decimal"
              className="sm:w-40"
              value={rule.percent}
              onChange={(event) => set({ percent: event.target.value })}
            />
          </Field>
        ) : (
          <div className="grid gap-3 sm:grid-cols-2">
            <Field label="How it is charged" error={issue('charge')}>
              <Select
                value={kind}
                onChange={(event) => set({ kind: event.target.value as ChargeKind })}
                options={Object.entries(KINDS).map(([value, label]) => ({
                  value,
                  label,
                  disabled: prepaid && value !== 'perUnit',
                }))}
              />
            </Field>
            {kind === 'perUnit' && (
              <Field label={`${currency} per ${one}`} error={issue('price')}>
                <Input
                  inputMode="decimal"
                  placeholder="0.00"
                  value={rule.price}
                  onChange={(event) => set({ price: event.target.value })}
                />
              </Field>
            )}
            {kind === 'package' && (
              <div className="grid grid-cols-2 gap-3">
                <Field label={`${currency} a package`} error={issue('price')}>
                  <Input
                    inputMode="decimal"
                    value={rule.price}
                    onChange={(event) => set({ price: event.target.value })}
                  />
                </Field>
                <Field label={`of so many ${many}`} error={issue('size')}>
                  <Input
                    inputMode="numeric"
                    value={rule.size}
                    onChange={(event) => set({ size: event.target.value })}
                  />
                </Field>
              </div>
            )}
          </div>
        )}
        {(kind === 'graduated' || kind === 'volume') && (
          <TierFields rule={rule} currency={currency} issues={issues} onChange={(tiers) => set({ tiers })} />
        )}
        <div className="grid gap-3 sm:grid-cols-2">
          {!prepaid && (
            <Field
              label={meter === 'cost' ? `Included a month (${currency})` : `Included a month (${many})`}
              optional
              error={issue('included')}
            >
              <Input
                inputMode="numeric"
                placeholder="0"
                value={rule.included}
                onChange={(event) => set({ included: event.target.value })}
              />
            </Field>
          )}
          <Field
            label="Only these models"
            optional
            error={issue('models')}
            hint="Names with commas between them; empty counts all that no other rule names."
          >
            <Input value={rule.models} onChange={(event) => set({ models: event.target.value })} />
          </Field>
        </div>
      </fieldset>
    </Card>
  );
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
