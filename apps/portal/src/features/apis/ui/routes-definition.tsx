'use client';

import { conditionsInWords } from '@parley/domain/routing/condition-words';
import { Button, IconButton } from '@parley/ui/button';
import { Field, Input, Select } from '@parley/ui/field';
import { type FormFault, issueOf } from '@parley/ui/form';
import { TextLink } from '@parley/ui/link';
import { Notice } from '@parley/ui/page';
import { useQuery } from '@tanstack/react-query';
import { ListFilter, Plus, Trash2 } from 'lucide-react';
import { useShell } from '@/shell/shell-context.tsx';
import { useTRPC } from '@/trpc/client.tsx';
import { RoutePolicies } from './policies/route-policies.tsx';
import type { Definition } from './types.ts';

type Route = Extract<Definition, { kind: 'rest' }>['routes'][number];
/** A route being edited; what this form does not show (policies) stays as it is. */
export interface RouteDraft extends Readonly<Omit<Route, 'upstreamPath'>> {
  readonly key: number;
  readonly upstreamPath: string;
}

// Said here rather than taken from the schema, which would bring its validator to the page.
const METHOD_WORDS: Readonly<Record<Route['method'], string>> = {
  GET: 'GET',
  HEAD: 'HEAD',
  POST: 'POST',
  PUT: 'PUT',
  PATCH: 'PATCH',
  DELETE: 'DELETE',
  OPTIONS: 'OPTIONS',
  '*': 'Any',
};
const METHODS = Object.entries(METHOD_WORDS).map(([value, label]) => ({ value, label }));
let lastKey = 0;

export function routeDrafts(routes: readonly Route[]): RouteDraft[] {
  return routes.map((route) => ({ ...route, key: ++lastKey, upstreamPath: route.upstreamPath ?? '' }));
}

export function routesOf(drafts: readonly RouteDraft[]): Route[] {
  return drafts.map(({ key: _, upstreamPath, when, ...route }) => ({
    ...route,
    upstreamPath: upstreamPath.trim() || null,
    ...(when?.trim() ? { when } : {}),
  }));
}

interface Props {
  readonly routes: readonly RouteDraft[];
  readonly onChange: (routes: RouteDraft[]) => void;
  /** Of the whole version. */
  readonly policies: Readonly<Record<string, unknown>>;
  readonly fault: FormFault | null;
  readonly readOnly: boolean;
}

/** The routes of a REST version: what is called, and which upstream answers it. */
export function RoutesDefinition({ routes, onChange, policies, fault, readOnly }: Props) {
  const trpc = useTRPC();
  const { can, href } = useShell();
  const upstreams = useQuery({
    ...trpc.apis.upstreams.queryOptions({ limit: 200 }),
    enabled: can('upstreams.read'),
  });
  const known = (upstreams.data?.items ?? []).map(({ slug, name }) => ({ value: slug, label: name }));
  const first = known[0]?.value ?? '';
  const add = (): void =>
    onChange([...routes, { key: ++lastKey, method: 'GET', path: '/', summary: '', upstream: first, upstreamPath: '' }]);
  return (
    <div className="flex flex-col gap-4">
      {upstreams.data?.items.length === 0 && (
        <Notice tone="warning" title="There is no upstream yet">
          Routes lead to one. <TextLink href={href('upstreams')}>Add your service</TextLink> first.
        </Notice>
      )}
      {routes.length === 0 ? (
        <p className="text-muted text-sm">No route yet. A route is a method and a path that callers use.</p>
      ) : (
        <ol className="flex flex-col gap-3">
          {routes.map((route, at) => (
            <RouteRow
              key={route.key}
              at={at}
              route={route}
              policies={policies}
              upstreams={
                known.some(({ value }) => value === route.upstream) || route.upstream === ''
                  ? known
                  : [...known, { value: route.upstream, label: route.upstream }]
              }
              fault={fault}
              readOnly={readOnly}
              onChange={(part) => onChange(routes.map((one) => (one.key === route.key ? { ...one, ...part } : one)))}
              onRemove={() => onChange(routes.filter((one) => one.key !== route.key))}
            />
          ))}
        </ol>
      )}
      {!readOnly && (
        <div className="flex flex-wrap gap-2">
          <Button size="sm" icon={<Plus className="size-3.5" />} onClick={add}>
            Add route
          </Button>
        </div>
      )}
    </div>
  );
}

function RouteRow({
  at,
  route,
  policies,
  upstreams,
  fault,
  readOnly,
  onChange,
  onRemove,
}: {
  at: number;
  route: RouteDraft;
  policies: Readonly<Record<string, unknown>>;
  upstreams: readonly { value: string; label: string }[];
  fault: FormFault | null;
  readOnly: boolean;
  onChange: (part: Partial<RouteDraft>) => void;
  onRemove: () => void;
}) {
  const error = (field: string) => issueOf(fault, `definition.routes.${at}.${field}`);
  return (
    <li className="grid gap-3 rounded-md border bg-surface p-3 sm:grid-cols-[7rem_minmax(0,1fr)_minmax(0,1fr)_auto]">
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
          options={upstreams}
        />
      </Field>
      {!readOnly && (
        <IconButton label={`Remove route ${at + 1}`} className="self-end justify-self-end" onClick={onRemove}>
          <Trash2 />
        </IconButton>
      )}
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
          className="sm:col-span-4"
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
      {route.when === undefined && !readOnly && (
        <Button
          size="sm"
          variant="ghost"
          className="justify-self-start sm:col-span-4"
          icon={<ListFilter className="size-3.5" />}
          onClick={() => onChange({ when: '' })}
        >
          Add condition
        </Button>
      )}
      {route.match && (
        <p className="text-muted text-xs sm:col-span-4">Only calls where {conditionsInWords(route.match)}.</p>
      )}
      <div className="sm:col-span-4">
        <RoutePolicies
          route={`${METHOD_WORDS[route.method]} ${route.path}`}
          version={policies}
          own={route.policies}
          onChange={(own) => onChange({ policies: own })}
          path={`definition.routes.${at}.policies`}
          fault={fault}
          readOnly={readOnly}
        />
      </div>
    </li>
  );
}
