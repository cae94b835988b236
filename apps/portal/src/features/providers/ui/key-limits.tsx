'use client';

import { Field, Input } from '@parley/ui/field';
import { type FormFault, issueOf } from '@parley/ui/form';
import type { Provider } from './provider-card.tsx';

type Limits = Provider['keys'][number]['limits'];
type Resting = NonNullable<Provider['keys'][number]['resting']>;

/** How many calls a key takes, as it is typed: empty for no limit. */
export interface KeyAmounts {
  readonly weight: string;
  readonly requestsPerMinute: string;
  readonly tokensPerMinute: string;
  readonly concurrency: string;
}

const LIMITS = [
  { name: 'requestsPerMinute', label: 'Requests a minute', hint: 'What the provider allows this key.' },
  { name: 'tokensPerMinute', label: 'Tokens a minute', hint: 'Input and output together.' },
  { name: 'concurrency', label: 'Calls at once', hint: 'Running at the same moment.' },
] as const;

export const AMOUNT_FIELDS: readonly string[] = ['weight', ...LIMITS.map(({ name }) => `limits.${name}`)];

export function amountsOf(weight: number, limits: Limits): KeyAmounts {
  const text = (value: number | undefined): string => (value === undefined ? '' : String(value));
  return {
    weight: String(weight),
    requestsPerMinute: text(limits.requestsPerMinute),
    tokensPerMinute: text(limits.tokensPerMinute),
    concurrency: text(limits.concurrency),
  };
}

/** What was typed, as it is sent. */
export function amountsAsked(amounts: KeyAmounts): { weight: number; limits: Limits } {
  const given = LIMITS.filter(({ name }) => amounts[name].trim() !== '');
  return {
    weight: Number(amounts.weight),
    limits: Object.fromEntries(given.map(({ name }) => [name, Number(amounts[name].replaceAll(/[ ,_]/g, ''))])),
  };
}

/** The fields of a key's weight and limits. */
export function KeyAmountFields({
  value,
  onChange,
  fault,
}: {
  value: KeyAmounts;
  onChange: (amounts: KeyAmounts) => void;
  fault: FormFault | null | undefined;
}) {
  return (
    <>
      <Field
        label="Weight"
        error={issueOf(fault, 'weight')}
        hint="With several keys, a key of weight 2 gets twice the calls of one of weight 1."
      >
        <Input
          inputMode="numeric"
          value={value.weight}
          onChange={(event) => onChange({ ...value, weight: event.target.value })}
          className="w-28"
        />
      </Field>
      <div className="grid gap-4 sm:grid-cols-3">
        {LIMITS.map(({ name, label, hint }) => (
          <Field key={name} label={label} hint={hint} optional error={issueOf(fault, `limits.${name}`)}>
            <Input
              inputMode="numeric"
              value={value[name]}
              onChange={(event) => onChange({ ...value, [name]: event.target.value })}
            />
          </Field>
        ))}
      </div>
      <p className="text-muted text-sm">
        A key at its limit is passed over. Each gateway process counts for itself, so divide the provider’s limit by how
        many you run.
      </p>
    </>
  );
}

const TROUBLES: Readonly<Record<Resting['why'], string>> = {
  rate_limit: 'limited by the provider',
  quota: 'out of quota',
  authentication: 'refused by the provider',
  permission: 'not allowed to do this',
};

export function troubleWords(why: Resting['why']): string {
  return TROUBLES[why];
}

/** A key's limits in a few words; empty without any. */
export function limitWords({ requestsPerMinute, tokensPerMinute, concurrency }: Limits): string {
  const count = (value: number): string => value.toLocaleString('en');
  return [
    requestsPerMinute === undefined ? '' : `${count(requestsPerMinute)} requests/min`,
    tokensPerMinute === undefined ? '' : `${count(tokensPerMinute)} tokens/min`,
    concurrency === undefined ? '' : `${count(concurrency)} at once`,
  ]
    .filter(Boolean)
    .join(' · ');
}
