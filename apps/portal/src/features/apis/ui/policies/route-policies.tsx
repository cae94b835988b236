'use client';

import { Button } from '@parley/ui/button';
import { type FormFault, issueOf } from '@parley/ui/form';
import { Segmented } from '@parley/ui/segmented';
import { Sheet } from '@parley/ui/sheet';
import { SkeletonRows } from '@parley/ui/skeleton';
import { Shield } from 'lucide-react';
import { useState } from 'react';
import { Wrong } from '@/schema-form/field-parts.tsx';
import { Inside } from '@/schema-form/schema-fields.tsx';
import { startValue, type Value } from '@/schema-form/schema-node.ts';
import { inGroups } from './policy-groups.ts';
import { policySentence } from './policy-sentence.ts';
import { TryMapping } from './try-mapping.tsx';
import { type PolicyForm, usePolicyForms } from './use-policies.ts';

type PolicySet = Readonly<Record<string, unknown>>;
type Stand = 'inherit' | 'own' | 'off';

interface Props {
  /** `GET /orders/{id}` */
  readonly route: string;
  /** Policies of the whole version. */
  readonly version: PolicySet;
  /** Laid over them here; `null` switches one off. */
  readonly own: PolicySet | undefined;
  readonly onChange: (own: PolicySet) => void;
  readonly path: string;
  readonly fault: FormFault | null;
  readonly readOnly: boolean;
}

/** What holds on one route: the version's policies, but for those that are set or switched off here. */
export function RoutePolicies(props: Props) {
  const [open, setOpen] = useState(false);
  const { version, own, route, path, fault } = props;
  const wrong = fault?.issues.some((issue) => issue.path === path || issue.path.startsWith(`${path}.`));
  return (
    <div className="flex flex-wrap items-center gap-x-2 gap-y-1 text-xs">
      <Button size="sm" variant="ghost" icon={<Shield className="size-3.5" />} onClick={() => setOpen(true)}>
        Policies<span className="sr-only"> of {route}</span>
      </Button>
      <span className="text-muted">{inWords(version, own)}</span>
      {wrong && <Wrong error="Something in them is not right: open them to see it." />}
      {open && <RouteSheet {...props} onClose={() => setOpen(false)} />}
    </div>
  );
}

/** `the version’s 2, 1 of its own, 1 switched off` */
function inWords(version: PolicySet, own: PolicySet = {}): string {
  const inherited = Object.keys(version).filter((kind) => own[kind] === undefined).length;
  const set = Object.values(own).filter((value) => value !== null && value !== undefined).length;
  const off = Object.keys(own).filter((kind) => own[kind] === null && version[kind] !== undefined).length;
  const parts = [
    inherited > 0 ? `${inherited} of the version` : '',
    set > 0 ? `${set} of its own` : '',
    off > 0 ? `${off} switched off` : '',
  ].filter(Boolean);
  return parts.join(', ') || 'none';
}

function RouteSheet({
  route,
  version,
  own = {},
  onChange,
  path,
  fault,
  readOnly,
  onClose,
}: Props & { onClose: () => void }) {
  const forms = usePolicyForms();
  const set = (kind: string, value: unknown): void => {
    const { [kind]: _, ...rest } = own;
    onChange(value === undefined ? rest : { ...rest, [kind]: value });
  };
  return (
    <Sheet
      open
      onOpenChange={onClose}
      title={`Policies of ${route}`}
      description="What is set here takes the place of the version’s policy of that name. It is saved with the routes."
      footer={<Button onClick={onClose}>{readOnly ? 'Close' : 'Back to the routes'}</Button>}
    >
      {!forms ? (
        <SkeletonRows rows={3} />
      ) : (
        <div className="flex flex-col gap-6">
          {inGroups(forms).map(({ title, forms: group }) => (
            <section key={title} aria-label={title}>
              <h3 className="mb-1 font-medium text-faint text-xs">{title}</h3>
              <ul className="flex flex-col divide-y border-y">
                {group.map((form) => (
                  <RoutePolicy
                    key={form.kind}
                    form={form}
                    inherited={version[form.kind]}
                    own={own[form.kind]}
                    onChange={(value) => set(form.kind, value)}
                    path={`${path}.${form.kind}`}
                    fault={fault}
                    readOnly={readOnly}
                  />
                ))}
              </ul>
            </section>
          ))}
        </div>
      )}
    </Sheet>
  );
}

function RoutePolicy({
  form,
  inherited,
  own,
  onChange,
  path,
  fault,
  readOnly,
}: {
  form: PolicyForm;
  inherited: unknown;
  own: unknown;
  onChange: (value: unknown) => void;
  path: string;
  fault: FormFault | null;
  readOnly: boolean;
}) {
  const stand: Stand = own === undefined ? 'inherit' : own === null ? 'off' : 'own';
  const choose = (next: Stand): void => {
    if (next === 'inherit') onChange(undefined);
    else if (next === 'off') onChange(null);
    else if (stand !== 'own') onChange(inherited ?? startValue(form.schema));
  };
  const said = inherited === undefined ? form.purpose : policySentence(form.kind, inherited);
  const stands: { value: Stand; label: string }[] = [
    { value: 'inherit', label: inherited === undefined ? 'None' : 'As the version' },
    { value: 'own', label: 'Own' },
    ...(inherited !== undefined || stand === 'off' ? [{ value: 'off' as const, label: 'Off' }] : []),
  ];
  return (
    <li className="flex flex-col gap-3 py-3">
      <div className="flex flex-wrap items-start justify-between gap-2">
        <div className="min-w-0 flex-1 basis-48">
          <h4 className="font-medium text-sm">{form.title}</h4>
          <p className="text-muted text-xs">
            {stand === 'inherit' ? said : stand === 'off' ? `Switched off here: ${said}` : form.purpose}
          </p>
        </div>
        {readOnly ? (
          <span className="text-muted text-xs">{stands.find(({ value }) => value === stand)?.label}</span>
        ) : (
          <Segmented label={`${form.title} on this route`} segments={stands} value={stand} onChange={choose} />
        )}
      </div>
      <Wrong error={issueOf(fault, path)} />
      {stand === 'own' && (
        <fieldset disabled={readOnly} className="flex min-w-0 flex-col gap-4">
          <legend className="sr-only">{form.title}</legend>
          <Inside
            name={form.kind}
            label={form.title}
            schema={form.schema}
            value={own as Value}
            onChange={onChange}
            path={path}
            fault={fault}
            required
          />
          <TryMapping kind={form.kind} value={own as Value} />
        </fieldset>
      )}
    </li>
  );
}
