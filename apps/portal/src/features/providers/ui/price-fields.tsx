'use client';

import { Field, Input } from '@parley/ui/field';
import { type FormFault, issueOf } from '@parley/ui/form';

export interface PriceDraft {
  readonly currency: string;
  readonly input: string;
  readonly output: string;
  readonly cachedInput: string;
  readonly reasoning: string;
  readonly cacheWrite: string;
  readonly cacheWrite1h: string;
  readonly audioInput: string;
  readonly cachedAudioInput: string;
  readonly audioOutput: string;
  readonly perRequest: string;
}

export const noPrice = (currency: string): PriceDraft => ({
  currency,
  input: '',
  output: '',
  cachedInput: '',
  reasoning: '',
  cacheWrite: '',
  cacheWrite1h: '',
  audioInput: '',
  cachedAudioInput: '',
  audioOutput: '',
  perRequest: '',
});

/** The draft as a verb takes it: what was left empty takes its default. */
export function priceOf(draft: PriceDraft) {
  const { currency, input, output, ...optional } = draft;
  const given = Object.fromEntries(Object.entries(optional).filter(([, text]) => text !== ''));
  return { currency, input, output, ...given };
}

/** The issue paths of the fields below, under an optional prefix. */
export const priceFieldPaths = (prefix = ''): string[] => Object.keys(noPrice('')).map((field) => prefix + field);

/** What a million tokens cost. Cached input and reasoning follow input and output unless they are given. */
export function PriceFields({
  draft,
  onChange,
  fault,
  prefix = '',
}: {
  draft: PriceDraft;
  onChange: (draft: PriceDraft) => void;
  fault: FormFault | null | undefined;
  prefix?: string;
}) {
  const amount = (
    field: Exclude<keyof PriceDraft, 'currency'>,
    label: string,
    placeholder: string,
    optional = false,
  ) => (
    <Field label={label} optional={optional} error={issueOf(fault, prefix + field)}>
      <Input
        inputMode="decimal"
        placeholder={placeholder}
        className="tabular-nums"
        value={draft[field]}
        onChange={(event) => onChange({ ...draft, [field]: event.target.value.replace(',', '.') })}
      />
    </Field>
  );
  return (
    <div className="grid grid-cols-2 gap-4">
      {amount('input', 'Input', '2.50')}
      {amount('output', 'Output', '10.00')}
      {amount('cachedInput', 'Cached input', draft.input || 'as input', true)}
      {amount('cacheWrite', 'Written into cache', draft.input || 'as input', true)}
      {amount('cacheWrite1h', 'Into cache for 1 h', draft.cacheWrite || draft.input || 'as into cache', true)}
      {amount('reasoning', 'Reasoning', draft.output || 'as output', true)}
      {amount('perRequest', 'Per call', '0', true)}
      {amount('audioInput', 'Sound input', draft.input || 'as input', true)}
      {amount('cachedAudioInput', 'Cached sound input', draft.audioInput || 'as sound input', true)}
      {amount('audioOutput', 'Sound output', draft.output || 'as output', true)}
      <Field label="Currency" error={issueOf(fault, `${prefix}currency`)}>
        <Input
          maxLength={3}
          value={draft.currency}
          onChange={(event) => onChange({ ...draft, currency: event.target.value.toUpperCase() })}
        />
      </Field>
    </div>
  );
}
