'use client';

import { Button, IconButton } from '@parley/ui/button';
import { Field, Input } from '@parley/ui/field';
import { type FormFault, issueOf } from '@parley/ui/form';
import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import type { AmountField, PriceDraft } from './price-draft.ts';

const MOST_TIERS = 4;
const MOST_CLASSES = 20;

interface Part {
  readonly draft: PriceDraft;
  readonly onChange: (draft: PriceDraft) => void;
  readonly fault: FormFault | null | undefined;
  readonly prefix?: string;
}

const comma = (text: string): string => text.replace(',', '.');

/** What a model costs: tokens first; what few models have is folded away until it is used. */
export function PriceFields({ draft, onChange, fault, prefix = '' }: Part) {
  const part = { draft, onChange, fault, prefix };
  const amount = (field: AmountField, label: string, placeholder: string, optional = false) => (
    <Field label={label} optional={optional} error={issueOf(fault, prefix + field)}>
      <Input
        inputMode="decimal"
        placeholder={placeholder}
        className="tabular-nums"
        value={draft[field]}
        onChange={(event) => onChange({ ...draft, [field]: comma(event.target.value) })}
      />
    </Field>
  );
  const any = (...fields: AmountField[]): boolean =>
    fields.some((field) => draft[field] !== '' || issueOf(fault, prefix + field) !== undefined);
  return (
    <div className="flex flex-col gap-3">
      <div className="grid grid-cols-2 gap-4">
        {amount('input', 'Input', '2.50')}
        {amount('output', 'Output', '10.00')}
        {amount('cachedInput', 'Cached input', draft.input || 'as input', true)}
        {amount('cacheWrite', 'Written into cache', draft.input || 'as input', true)}
        {amount('cacheWrite1h', 'Into cache for 1 h', draft.cacheWrite || draft.input || 'as into cache', true)}
        {amount('reasoning', 'Reasoning', draft.output || 'as output', true)}
        {amount('perRequest', 'Per call', '0', true)}
        <Field label="Currency" error={issueOf(fault, `${prefix}currency`)}>
          <Input
            maxLength={3}
            value={draft.currency}
            onChange={(event) => onChange({ ...draft, currency: event.target.value.toUpperCase() })}
          />
        </Field>
      </div>
      <More
        title="Sound and pictures in tokens"
        isOpen={any('audioInput', 'cachedAudioInput', 'audioOutput', 'imageInput', 'cachedImageInput', 'imageOutput')}
      >
        <div className="grid grid-cols-2 gap-4">
          {amount('audioInput', 'Sound input', draft.input || 'as input', true)}
          {amount('imageInput', 'Picture input', draft.input || 'as input', true)}
          {amount('cachedAudioInput', 'Cached sound', draft.audioInput || 'as sound input', true)}
          {amount('cachedImageInput', 'Cached pictures', draft.imageInput || 'as picture input', true)}
          {amount('audioOutput', 'Sound output', draft.output || 'as output', true)}
          {amount('imageOutput', 'Picture output', draft.output || 'as output', true)}
        </div>
      </More>
      <More
        title="Sold by pictures, hours, characters, searches, pages"
        isOpen={
          any('perImage', 'perAudioHour', 'perMillionCharacters', 'perSearch', 'perPage') ||
          draft.imageClasses.length > 0
        }
      >
        <p className="text-faint text-xs">With one of these, input and output above may stay empty.</p>
        <div className="grid grid-cols-2 gap-4">
          {amount('perImage', 'A picture', '0.04', true)}
          {amount('perAudioHour', 'An hour of sound', '0.36', true)}
          {amount('perMillionCharacters', 'A million characters', '15.00', true)}
          {amount('perSearch', 'A search', '0.002', true)}
          {amount('perPage', 'A page', '0.001', true)}
        </div>
        <ImageClasses {...part} />
      </More>
      <More title="Rates of long inputs" isOpen={draft.tiers.length > 0}>
        <Tiers {...part} />
      </More>
    </div>
  );
}

function More({ title, isOpen, children }: { title: string; isOpen: boolean; children: ReactNode }) {
  return (
    <details open={isOpen} className="rounded-md border px-3 py-2">
      <summary className="cursor-pointer text-muted text-sm">{title}</summary>
      <div className="flex flex-col gap-3 pt-3 pb-1">{children}</div>
    </details>
  );
}

/** Rows of texts with one name each, and what removes them. */
function Row({ children, label, onRemove }: { children: ReactNode; label: string; onRemove: () => void }) {
  return (
    <div className="grid grid-cols-[1fr_auto] items-end gap-2 border-t pt-3">
      <div className="grid grid-cols-2 gap-3 sm:grid-cols-4">{children}</div>
      <IconButton label={label} size="sm" onClick={onRemove}>
        <X />
      </IconButton>
    </div>
  );
}

function changed<T extends object>(list: readonly T[], place: number, change: Partial<T>): T[] {
  return list.map((one, at) => (at === place ? { ...one, ...change } : one));
}

function ImageClasses({ draft, onChange, fault, prefix = '' }: Part) {
  const { imageClasses } = draft;
  const fields = [
    ['size', 'Size', '1024x1536'],
    ['quality', 'Quality', 'high'],
    ['perImage', 'Costs', '0.25'],
  ] as const;
  return (
    <>
      {imageClasses.map((one, place) => (
        <Row
          // biome-ignore lint/suspicious/noArrayIndexKey: rows have no other name, and hold no state
          key={place}
          label={`Remove size and quality ${place + 1}`}
          onRemove={() => onChange({ ...draft, imageClasses: imageClasses.filter((_, at) => at !== place) })}
        >
          {fields.map(([field, label, placeholder]) => (
            <Field key={field} label={label} error={issueOf(fault, `${prefix}imageClasses.${place}.${field}`)}>
              <Input
                placeholder={placeholder}
                value={one[field]}
                onChange={({ target }) =>
                  onChange({ ...draft, imageClasses: changed(imageClasses, place, { [field]: comma(target.value) }) })
                }
              />
            </Field>
          ))}
        </Row>
      ))}
      {imageClasses.length < MOST_CLASSES && (
        <Button
          size="sm"
          className="self-start"
          onClick={() =>
            onChange({ ...draft, imageClasses: [...imageClasses, { size: '', quality: '', perImage: '' }] })
          }
        >
          Add a size or quality
        </Button>
      )}
    </>
  );
}

function Tiers({ draft, onChange, fault, prefix = '' }: Part) {
  const { tiers } = draft;
  const fields = [
    ['aboveInputTokens', 'Above, tokens', '200000'],
    ['input', 'Input', '5.00'],
    ['output', 'Output', '15.00'],
    ['cachedInput', 'Cached input', draft.cachedInput || 'as input'],
  ] as const;
  return (
    <>
      <p className="text-faint text-xs">
        A call whose input is longer is charged wholly at these rates. What is not here stays as above.
      </p>
      {tiers.map((tier, place) => (
        <Row
          // biome-ignore lint/suspicious/noArrayIndexKey: rows have no other name, and hold no state
          key={place}
          label={`Remove rates ${place + 1}`}
          onRemove={() => onChange({ ...draft, tiers: tiers.filter((_, at) => at !== place) })}
        >
          {fields.map(([field, label, placeholder]) => (
            <Field key={field} label={label} error={issueOf(fault, `${prefix}tiers.${place}.${field}`)}>
              <Input
                inputMode="decimal"
                className="tabular-nums"
                placeholder={placeholder}
                value={tier[field]}
                onChange={({ target }) =>
                  onChange({ ...draft, tiers: changed(tiers, place, { [field]: comma(target.value) }) })
                }
              />
            </Field>
          ))}
        </Row>
      ))}
      {tiers.length < MOST_TIERS && (
        <Button
          size="sm"
          className="self-start"
          onClick={() =>
            onChange({
              ...draft,
              tiers: [...tiers, { aboveInputTokens: '', input: '', output: '', cachedInput: '', others: {} }],
            })
          }
        >
          Add rates for longer inputs
        </Button>
      )}
    </>
  );
}
