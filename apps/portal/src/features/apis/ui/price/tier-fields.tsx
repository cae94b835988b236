'use client';

import { METER_WORDS } from '@parley/domain/rating/price-words';
import { Button, IconButton } from '@parley/ui/button';
import { Field, Input } from '@parley/ui/field';
import { Plus, X } from 'lucide-react';
import { type DraftIssues, NEW_TIER, type RuleDraft, type TierDraft } from './price-draft.ts';

/** Tiers of a rule: up to how many units each goes, what a unit costs in it, and what reaching it costs once. */
export function TierFields({
  rule,
  currency,
  issues,
  onChange,
}: {
  rule: RuleDraft;
  currency: string;
  issues: DraftIssues;
  onChange: (tiers: TierDraft[]) => void;
}) {
  const { tiers, meter } = rule;
  const { many, one } = METER_WORDS[meter];
  const change = (key: number, part: Partial<TierDraft>): void =>
    onChange(tiers.map((tier) => (tier.key === key ? { ...tier, ...part } : tier)));
  const remove = (key: number): void => onChange(tiers.filter((tier) => tier.key !== key));
  return (
    <div className="flex flex-col gap-3">
      {tiers.map((tier, at) => {
        const last = at === tiers.length - 1;
        const path = `rules.${rule.key}.tiers.${tier.key}`;
        return (
          <fieldset key={tier.key} className="grid grid-cols-2 items-start gap-2 sm:grid-cols-[1fr_1fr_1fr_2.25rem]">
            <legend className="sr-only">Tier {at + 1}</legend>
            {last ? (
              <p className="pt-7 text-muted text-sm">{tiers.length === 1 ? `All ${many}` : 'Beyond'}</p>
            ) : (
              <Field label={`Up to (${many})`} error={issues[`${path}.upTo`]}>
                <Input
                  inputMode="numeric"
                  value={tier.upTo}
                  onChange={(event) => change(tier.key, { upTo: event.target.value })}
                />
              </Field>
            )}
            <Field label={`${currency} per ${one}`} error={issues[`${path}.price`]}>
              <Input
                inputMode="decimal"
                placeholder="0"
                value={tier.price}
                onChange={(event) => change(tier.key, { price: event.target.value })}
              />
            </Field>
            <Field label={`${currency} once`} optional error={issues[`${path}.flat`]}>
              <Input
                inputMode="decimal"
                placeholder="0"
                value={tier.flat}
                onChange={(event) => change(tier.key, { flat: event.target.value })}
              />
            </Field>
            {!last && (
              <IconButton label={`Remove tier ${at + 1}`} size="sm" className="mt-7" onClick={() => remove(tier.key)}>
                <X />
              </IconButton>
            )}
          </fieldset>
        );
      })}
      <Button
        size="sm"
        className="self-start"
        icon={<Plus className="size-3.5" />}
        disabled={tiers.length >= 20}
        onClick={() => onChange([...tiers.slice(0, -1), NEW_TIER(), ...tiers.slice(-1)])}
      >
        Add tier
      </Button>
    </div>
  );
}
