'use client';

import { IconButton } from '@parley/ui/button';
import { Field, Input, Select } from '@parley/ui/field';
import type { FormFault } from '@parley/ui/form';
import { Switch } from '@parley/ui/toggle';
import { ArrowDown, ArrowUp, X } from 'lucide-react';
import { useState } from 'react';
import { issuesAt, Wrong } from '@/schema-form/field-parts.tsx';
import type { Fields } from '@/schema-form/schema-node.ts';
import { ConditionField } from './condition-field.tsx';
import { textIn } from './routing-draft.ts';
import type { KnownModel } from './use-models.ts';

export interface TargetRowProps {
  readonly target: Fields;
  readonly at: number;
  readonly last: boolean;
  readonly only: boolean;
  readonly weighted: boolean;
  /** Routes by meaning there are; empty where meaning does not choose. */
  readonly routes: readonly string[];
  readonly models: readonly KnownModel[] | null;
  readonly path: string;
  readonly fault: FormFault | null;
  readonly onChange: (target: Fields) => void;
  readonly onMove: (by: -1 | 1) => void;
  readonly onRemove: () => void;
}

/** One model behind a name: which, its share, the route it answers, and when it may be asked at all. */
export function TargetRow(props: TargetRowProps) {
  const { target, at, last, only, weighted, routes, path, fault, onChange, onMove, onRemove } = props;
  const when = textIn(target, 'when');
  const [opened, setOpened] = useState(false);
  const conditional = opened || when !== '';
  const model = textIn(target, 'model');
  const said = model || `model ${at + 1}`;
  const { weight } = target;
  return (
    <li className="flex flex-col gap-3 rounded-md bg-sunken p-3">
      <div className="flex flex-wrap items-start gap-3">
        <span aria-hidden className="mt-7.5 w-4 text-right text-muted text-sm tabular-nums">
          {at + 1}
        </span>
        <ModelField {...props} model={model} />
        {weighted && (
          <Field label="Weight" className="w-24" error={issuesAt(fault, `${path}.weight`)}>
            <Input
              inputMode="numeric"
              className="tabular-nums"
              value={typeof weight === 'number' || typeof weight === 'string' ? String(weight) : ''}
              onChange={({ target: { value } }) =>
                onChange({ ...target, weight: /^\d+$/.test(value) ? Number(value) : value })
              }
            />
          </Field>
        )}
        {routes.length > 0 && (
          <Field label="Answers the route" className="min-w-36 flex-1" error={issuesAt(fault, `${path}.route`)}>
            <Select
              value={textIn(target, 'route')}
              onChange={({ target: { value } }) => onChange({ ...target, route: value })}
              options={[
                { value: '', label: 'None: calls that fit no route' },
                ...routes.filter(Boolean).map((value) => ({ value, label: value })),
              ]}
            />
          </Field>
        )}
        <span className="mt-6.5 ml-auto flex">
          <IconButton
            label={`Ask ${said} sooner`}
            size="sm"
            disabled={at === 0}
            onClick={() => onMove(-1)}
            id={`${path}.up`}
          >
            <ArrowUp />
          </IconButton>
          <IconButton
            label={`Ask ${said} later`}
            size="sm"
            disabled={last}
            onClick={() => onMove(1)}
            id={`${path}.down`}
          >
            <ArrowDown />
          </IconButton>
          <IconButton label={`Remove ${said}`} size="sm" disabled={only} onClick={onRemove}>
            <X />
          </IconButton>
        </span>
      </div>
      <div className="flex flex-col gap-3 sm:pl-7">
        <Switch
          label="Only under a condition"
          checked={conditional}
          onChange={(on) => {
            setOpened(on);
            if (!on) onChange({ ...target, when: '' });
          }}
        />
        {conditional && (
          <ConditionField
            label={`Condition of ${said}`}
            value={when}
            error={issuesAt(fault, `${path}.when`)}
            onChange={(text) => onChange({ ...target, when: text })}
          />
        )}
        {!weighted && <Wrong error={issuesAt(fault, `${path}.weight`)} />}
        {routes.length === 0 && <Wrong error={issuesAt(fault, `${path}.route`)} />}
      </div>
    </li>
  );
}

function ModelField({ target, models, path, fault, onChange, model }: TargetRowProps & { model: string }) {
  const known = models?.find(({ slug }) => slug === model);
  const change = (slug: string): void => onChange({ ...target, model: slug });
  return (
    <Field label="Model" className="min-w-40 flex-[2]" error={issuesAt(fault, `${path}.model`)} hint={known?.note}>
      {models === null ? (
        <Input className="font-mono" value={model} onChange={({ target: { value } }) => change(value)} />
      ) : (
        <Select
          placeholder="Choose a model"
          value={model}
          onChange={({ target: { value } }) => change(value)}
          options={[
            ...models.map(({ slug }) => ({ value: slug, label: slug })),
            ...(model === '' || known ? [] : [{ value: model, label: `${model} (not there)` }]),
          ]}
        />
      )}
    </Field>
  );
}
