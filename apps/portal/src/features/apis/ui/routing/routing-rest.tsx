'use client';

import { Checkbox } from '@parley/ui/field';
import type { FormFault } from '@parley/ui/form';
import type { ReactNode } from 'react';
import { Frame, issuesAt } from '@/schema-form/field-parts.tsx';
import { labelOf } from '@/schema-form/field-words.ts';
import { SchemaNode } from '@/schema-form/schema-fields.tsx';
import { bare, type Fields, type Schema, type Value } from '@/schema-form/schema-node.ts';
import { OptionalPart } from './optional-part.tsx';
import { FAILURES, hedgeCost, resumeCost, withMember } from './routing-draft.ts';

interface Props {
  readonly routing: Fields;
  readonly schema: Schema;
  readonly path: string;
  readonly fault: FormFault | null;
  readonly onChange: (routing: Fields) => void;
}

/** What holds for all names: failures and tries, and the switches that cost more than a call. */
export function RoutingRest(props: Props) {
  const { routing } = props;
  const hedge = bare(props.schema).schema.properties?.['hedge'];
  return (
    <>
      <Frame label="When a try fails" hint="Before anything of an answer was sent; the same for every name and model.">
        <Parts {...props} names={['tries']} />
        <Fallback {...props} />
        <Parts {...props} names={['maxWaitMs', 'firstTokenMs']} />
        <Cost>A try that failed late may be billed by its provider; that cost is not known here.</Cost>
      </Frame>
      {hedge && (
        <OptionalPart
          title="When an answer is slow to begin"
          switchLabel="Ask a second time beside the first"
          name="hedge"
          schema={hedge}
          value={routing['hedge']}
          path={`${props.path}.hedge`}
          fault={props.fault}
          onChange={(next) => props.onChange(withMember(routing, 'hedge', next))}
        >
          <Cost>{hedgeCost(routing['hedge'])}</Cost>
        </OptionalPart>
      )}
      <Frame label="When an answer breaks off">
        <Parts {...props} names={['resume']} label="Go on with it" />
        <Cost>{resumeCost(routing['resume'])}</Cost>
      </Frame>
      <Frame label="What a model cannot be told">
        <Parts {...props} names={['unsupported']} label="Fields its provider has nothing like" />
      </Frame>
    </>
  );
}

/** After which failures somebody else is asked, in words. */
function Fallback({ routing, path, fault, onChange }: Props) {
  const given = routing['fallbackOn'];
  const chosen = Array.isArray(given) ? (given as readonly Value[]) : [];
  return (
    <Frame label="The next model is asked when one" error={issuesAt(fault, `${path}.fallbackOn`, true)}>
      <div className="flex flex-wrap gap-x-5 gap-y-2">
        {Object.entries(FAILURES).map(([failure, words]) => (
          <Checkbox
            key={failure}
            label={words}
            checked={chosen.includes(failure)}
            onChange={(on) => {
              const next = Object.keys(FAILURES).filter((one) => (one === failure ? on : chosen.includes(one)));
              onChange(withMember(routing, 'fallbackOn', next));
            }}
          />
        ))}
      </div>
    </Frame>
  );
}

function Parts({
  routing,
  schema,
  path,
  fault,
  onChange,
  names,
  label,
}: Props & { names: readonly string[]; label?: string }) {
  const fields = bare(schema).schema;
  return names.map((name) => {
    const field = fields.properties?.[name];
    return (
      field && (
        <SchemaNode
          key={name}
          name={name}
          label={label ?? LABELS[name] ?? labelOf(name)}
          schema={field}
          value={routing[name]}
          required={fields.required?.includes(name) ?? false}
          path={`${path}.${name}`}
          fault={fault}
          onChange={(next) => onChange(withMember(routing, name, next))}
        />
      )
    );
  });
}

const LABELS: Readonly<Record<string, string>> = {
  tries: 'Tries of one model',
  maxWaitMs: 'Longest wait between two tries',
  firstTokenMs: 'Longest wait for the first token',
};

function Cost({ children }: { children: ReactNode }) {
  return (
    <p className="rounded-md bg-sunken px-3 py-2 text-muted text-xs">
      <span className="font-medium text-text">What it costs: </span>
      {children}
    </p>
  );
}
