'use client';

import { Button } from '@parley/ui/button';
import { Form } from '@parley/ui/form';
import { Sheet } from '@parley/ui/sheet';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { issuesAt, Wrong } from '@/schema-form/field-parts.tsx';
import { bare, type Fields, hasPlace, isFields, startValue, type Value } from '@/schema-form/schema-node.ts';
import { faultOf } from '@/trpc/fault.ts';
import { type PolicyForm, useSavePolicies } from '../policies/use-policies.ts';
import type { Api, Version } from '../types.ts';
import { AliasCard } from './alias-card.tsx';
import { focusSoon } from './focus-soon.ts';
import { listIn, moved, NEW_ALIAS } from './routing-draft.ts';
import { RoutingRest } from './routing-rest.tsx';
import { RoutingTrial } from './routing-trial.tsx';
import { useModels } from './use-models.ts';

const PATH = 'policies.modelRouting';

/** The editor of model routing: names with their models as cards, what a failure leads to, and a dry run beside them. */
export function RoutingSheet({
  api,
  version,
  form,
  onClose,
}: {
  api: Api;
  version: Version;
  form: PolicyForm;
  onClose: () => void;
}) {
  const policies: Readonly<Record<string, unknown>> = version.definition?.policies ?? {};
  const held = policies[form.kind] as Value;
  const [routing, setRouting] = useState<Fields>(() => {
    const start = held ?? startValue(form.schema);
    return isFields(start) ? start : {};
  });
  const models = useModels();
  const save = useSavePolicies(version, onClose);
  const fault = faultOf(save.error);
  const aliases = listIn(routing, 'aliases');
  const put = (next: readonly Fields[]): void => setRouting({ ...routing, aliases: next });
  const semantic = bare(bare(form.schema).schema.properties?.['aliases']?.items ?? {}).schema.properties?.['semantic'];
  const placed = (fault?.issues ?? [])
    .map((issue) => issue.path)
    .filter(
      (one) => one.startsWith(`${PATH}.`) && hasPlace(form.schema, routing, one.slice(PATH.length + 1).split('.')),
    );
  const submit = () =>
    save.mutateAsync({
      api: version.api,
      version: version.version,
      // What a form holds is for the server to judge, which answers beside the fields.
      policies: { ...policies, [form.kind]: routing },
      note: `${held === undefined ? 'Add' : 'Change'} policy: ${form.title}`,
    });
  return (
    <Sheet
      open
      wide="full"
      onOpenChange={onClose}
      title={form.title}
      description={form.purpose}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form="policy" variant="primary" busy={save.isPending}>
            {version.state === 'draft' ? 'Save' : 'Save and apply'}
          </Button>
        </>
      }
    >
      <div className="grid gap-8 lg:grid-cols-[minmax(0,1fr)_22rem]">
        <Form id="policy" fault={fault} fields={placed} onSubmit={submit} className="flex min-w-0 flex-col gap-5">
          {aliases.length === 0 && (
            <p className="text-muted text-sm">
              No name yet: calls name models themselves. A name stands for several models, of which one is asked first.
            </p>
          )}
          {aliases.map((alias, at) => (
            <AliasCard
              key={at}
              alias={alias}
              at={at}
              count={aliases.length}
              routing={routing}
              models={models}
              semantic={semantic}
              path={`${PATH}.aliases.${at}`}
              fault={fault}
              onChange={(next) => put(aliases.map((one, index) => (index === at ? next : one)))}
              onMove={(by) => {
                put(moved(aliases, at, by));
                const place = `${PATH}.aliases.${at + by}`;
                focusSoon(by === -1 ? [`${place}.up`, `${place}.down`] : [`${place}.down`, `${place}.up`]);
              }}
              onRemove={() => {
                put(aliases.filter((_, index) => index !== at));
                focusSoon(['add-alias']);
              }}
            />
          ))}
          <Wrong error={issuesAt(fault, `${PATH}.aliases`)} />
          <Button
            id="add-alias"
            size="sm"
            className="self-start"
            icon={<Plus className="size-3.5" />}
            disabled={aliases.length >= 50}
            onClick={() => put([...aliases, NEW_ALIAS])}
          >
            Add name
          </Button>
          <RoutingRest routing={routing} schema={form.schema} path={PATH} fault={fault} onChange={setRouting} />
        </Form>
        <RoutingTrial api={api} version={version} routing={routing} />
      </div>
    </Sheet>
  );
}
