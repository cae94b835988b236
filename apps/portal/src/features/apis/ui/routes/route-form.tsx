'use client';

import { conditionsInWords } from '@parley/domain/routing/condition-words';
import { Button } from '@parley/ui/button';
import { Field, Input, Select } from '@parley/ui/field';
import { type FormFault, issueOf } from '@parley/ui/form';
import { ListFilter, Trash2 } from 'lucide-react';
import { RoutePolicies } from '../policies/route-policies.tsx';
import { METHOD_WORDS, type RouteDraft, routeName } from './route-draft.ts';

const METHODS = Object.entries(METHOD_WORDS).map(([value, label]) => ({ value, label }));

export interface RouteFormProps {
  readonly route: RouteDraft;
  /** Place among all routes, as faults name it. */
  readonly at: number;
  /** Of the whole version. */
  readonly policies: Readonly<Record<string, unknown>>;
  readonly upstreams: readonly { readonly value: string; readonly label: string }[];
  readonly fault: FormFault | null;
  readonly readOnly: boolean;
  readonly onChange: (part: Partial<RouteDraft>) => void;
  readonly onRemove: () => void;
}

/** Everything about one route, open for editing. */
export function RouteForm({ route, at, policies, upstreams, fault, readOnly, onChange, onRemove }: RouteFormProps) {
  const error = (field: string) => issueOf(fault, `definition.routes.${at}.${field}`);
  const known = upstreams.some(({ value }) => value === route.upstream) || route.upstream === '';
  return (
    <div className="grid gap-4 bg-sunken p-4 sm:grid-cols-[7rem_minmax(0,1fr)_minmax(0,1fr)]">
      <Field label="Method" error={error('method')}>
        <Select
          disabled={readOnly}
          value={route.method}
          onChange={(event) => onChange({ method: event.target.value as RouteDraft['method'] })}
          options={METHODS}
        />
      </Field>
      <Field label="Path" error={error('path')}>
        <Input
          disabled={readOnly}
          className="font-mono"
          spellCheck={false}
          placeholder="/orders/{id}"
          value={route.path}
          onChange={(event) => onChange({ path: event.target.value })}
        />
      </Field>
      <Field label="Upstream" error={error('upstream')}>
        <Select
          disabled={readOnly}
          placeholder="Choose"
          value={route.upstream}
          onChange={(event) => onChange({ upstream: event.target.value })}
          options={known ? upstreams : [...upstreams, { value: route.upstream, label: route.upstream }]}
        />
      </Field>
      <Field label="What it does" optional error={error('summary')} className="sm:col-span-2">
        <Input
          disabled={readOnly}
          value={route.summary}
          placeholder="Shown in the reference"
          onChange={(event) => onChange({ summary: event.target.value })}
        />
      </Field>
      <Field label="Path at the upstream" optional error={error('upstreamPath')}>
        <Input
          disabled={readOnly}
          className="font-mono"
          spellCheck={false}
          placeholder="the same"
          value={route.upstreamPath}
          onChange={(event) => onChange({ upstreamPath: event.target.value })}
        />
      </Field>
      {route.when !== undefined && (
        <Field
          label="Only when"
          optional
          hint="A CEL expression; the first route of an address that holds answers"
          error={error('when')}
          className="sm:col-span-3"
        >
          <Input
            disabled={readOnly}
            className="font-mono"
            spellCheck={false}
            placeholder='request.headers["x-tier"] == "gold"'
            value={route.when}
            onChange={(event) => onChange({ when: event.target.value })}
          />
        </Field>
      )}
      {route.match && (
        <p className="text-muted text-xs sm:col-span-3">Only calls where {conditionsInWords(route.match)}.</p>
      )}
      <div className="flex flex-wrap items-center justify-between gap-2 sm:col-span-3">
        <RoutePolicies
          route={routeName(route)}
          version={policies}
          own={route.policies}
          onChange={(own) => onChange({ policies: own })}
          path={`definition.routes.${at}.policies`}
          fault={fault}
          readOnly={readOnly}
        />
        {route.when === undefined && !readOnly && (
          <Button
            size="sm"
            variant="ghost"
            className="mr-auto"
            icon={<ListFilter className="size-3.5" />}
            onClick={() => onChange({ when: '' })}
          >
            Add condition
          </Button>
        )}
        {!readOnly && (
          <Button size="sm" variant="ghost" icon={<Trash2 className="size-3.5" />} onClick={onRemove}>
            Remove<span className="sr-only"> route {at + 1}</span>
          </Button>
        )}
      </div>
    </div>
  );
}
