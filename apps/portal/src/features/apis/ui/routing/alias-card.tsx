'use client';

import { Button, IconButton } from '@parley/ui/button';
import { Field, Input, Select } from '@parley/ui/field';
import type { FormFault } from '@parley/ui/form';
import { ArrowDown, ArrowUp, Plus, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { issuesAt, Wrong } from '@/schema-form/field-parts.tsx';
import type { Fields, Schema } from '@/schema-form/schema-node.ts';
import { focusSoon } from './focus-soon.ts';
import { OptionalPart } from './optional-part.tsx';
import { listIn, moved, NEW_TARGET, pathOf, routesOf, textIn, withSemantic } from './routing-draft.ts';
import { RoutingPath } from './routing-path.tsx';
import { TargetRow } from './target-row.tsx';
import type { KnownModel } from './use-models.ts';
import { WeightsBar } from './weights-bar.tsx';

const STRATEGIES = [
  { value: 'ordered', label: 'In order', hint: 'The first model is asked; the next when it fails.' },
  {
    value: 'weighted',
    label: 'By weight',
    hint: 'Each call begins with one of them by chance, in proportion to the weights.',
  },
  {
    value: 'cheapest',
    label: 'The cheapest',
    hint: 'By the prices in force: three tokens of input weighed against one of output.',
  },
  {
    value: 'fastest',
    label: 'The fastest',
    hint: 'By first tokens and pace that each node measured; the unmeasured is tried.',
  },
  { value: 'leastBusy', label: 'The least busy', hint: 'The one with the fewest calls running on the node.' },
] as const;

const STICKY = [
  { value: 'none', label: 'Nothing: chance decides each call' },
  { value: 'application', label: 'An application' },
  { value: 'user', label: 'An end user, as the call names them' },
  { value: 'conversation', label: 'A conversation' },
] as const;

export interface AliasCardProps {
  readonly alias: Fields;
  readonly at: number;
  readonly count: number;
  readonly routing: Fields;
  readonly models: readonly KnownModel[] | null;
  /** Of the part that chooses by meaning. */
  readonly semantic: Schema | undefined;
  readonly path: string;
  readonly fault: FormFault | null;
  readonly onChange: (alias: Fields) => void;
  readonly onMove: (by: -1 | 1) => void;
  readonly onRemove: () => void;
}

/** A name callers use, the models behind it in their order, and the way of a call through them. */
export function AliasCard(props: AliasCardProps) {
  const { alias, at, count, routing, models, path, fault, onChange, onMove, onRemove } = props;
  const name = textIn(alias, 'name');
  const said = name || `name ${at + 1}`;
  const strategy = textIn(alias, 'strategy') || 'ordered';
  const targets = listIn(alias, 'targets');
  const [shuffles, setShuffles] = useState(0);
  const put = (next: readonly Fields[]): void => onChange({ ...alias, targets: next });
  return (
    <fieldset className="flex min-w-0 flex-col gap-4 rounded-md border p-4">
      <legend className="sr-only">{said}</legend>
      <div className="flex flex-wrap items-start gap-3">
        <Field label="Name callers use" className="min-w-40 flex-1" error={issuesAt(fault, `${path}.name`)}>
          <Input
            className="font-mono"
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            value={name}
            onChange={({ target }) => onChange({ ...alias, name: target.value })}
          />
        </Field>
        <Field
          label="Which model is asked first"
          className="min-w-48 flex-1"
          error={issuesAt(fault, `${path}.strategy`)}
          hint={STRATEGIES.find(({ value }) => value === strategy)?.hint}
        >
          <Select
            value={strategy}
            onChange={({ target }) => onChange({ ...alias, strategy: target.value })}
            options={STRATEGIES.map(({ value, label }) => ({ value, label }))}
          />
        </Field>
        <span className="mt-6.5 ml-auto flex">
          <IconButton
            label={`Move ${said} up`}
            size="sm"
            disabled={at === 0}
            onClick={() => onMove(-1)}
            id={`${path}.up`}
          >
            <ArrowUp />
          </IconButton>
          <IconButton
            label={`Move ${said} down`}
            size="sm"
            disabled={at === count - 1}
            onClick={() => onMove(1)}
            id={`${path}.down`}
          >
            <ArrowDown />
          </IconButton>
          <IconButton label={`Remove ${said}`} size="sm" onClick={onRemove}>
            <Trash2 />
          </IconButton>
        </span>
      </div>
      {strategy === 'weighted' && (
        <>
          <WeightsBar targets={targets} />
          <Field label="What always gets the same model" error={issuesAt(fault, `${path}.sticky`)}>
            <Select
              value={textIn(alias, 'sticky') || 'none'}
              onChange={({ target }) => onChange({ ...alias, sticky: target.value })}
              options={STICKY}
            />
          </Field>
        </>
      )}
      <ol aria-label={`Models behind ${said}`} className="flex flex-col gap-2">
        {targets.map((target, place) => (
          <TargetRow
            // Moved or removed, a row begins anew: what was opened in it belonged to another.
            key={`${shuffles}.${place}`}
            target={target}
            at={place}
            last={place === targets.length - 1}
            only={targets.length === 1}
            weighted={strategy === 'weighted'}
            routes={routesOf(alias)}
            models={models}
            path={`${path}.targets.${place}`}
            fault={fault}
            onChange={(next) => put(targets.map((one, index) => (index === place ? next : one)))}
            onMove={(by) => {
              put(moved(targets, place, by));
              setShuffles(shuffles + 1);
              focusSoon([
                `${path}.targets.${place + by}.${by === -1 ? 'up' : 'down'}`,
                `${path}.targets.${place + by}.${by === -1 ? 'down' : 'up'}`,
              ]);
            }}
            onRemove={() => {
              put(targets.filter((_, index) => index !== place));
              setShuffles(shuffles + 1);
              focusSoon([`${path}.add`]);
            }}
          />
        ))}
      </ol>
      <Wrong error={issuesAt(fault, `${path}.targets`)} />
      <Button
        id={`${path}.add`}
        size="sm"
        className="self-start"
        icon={<Plus className="size-3.5" />}
        disabled={targets.length >= 20}
        onClick={() => put([...targets, NEW_TARGET])}
      >
        Add model
      </Button>
      <RoutingPath name={name} steps={pathOf(routing, alias)} />
      {props.semantic && (
        <OptionalPart
          title="By meaning"
          switchLabel="Choose by what the user’s last turn is about"
          name="semantic"
          schema={props.semantic}
          value={alias['semantic']}
          path={`${path}.semantic`}
          fault={fault}
          onChange={(next) => onChange(withSemantic(alias, next))}
        />
      )}
    </fieldset>
  );
}
