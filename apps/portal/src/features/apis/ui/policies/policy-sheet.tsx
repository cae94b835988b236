'use client';

import { Button } from '@parley/ui/button';
import { Form } from '@parley/ui/form';
import { Sheet } from '@parley/ui/sheet';
import { useState } from 'react';
import { Inside } from '@/schema-form/schema-fields.tsx';
import { hasPlace, startValue, type Value } from '@/schema-form/schema-node.ts';
import { faultOf } from '@/trpc/fault.ts';
import type { Version } from '../types.ts';
import { TryMapping } from './try-mapping.tsx';
import { type PolicyForm, useSavePolicies } from './use-policies.ts';

/** Adds a policy to a version, or changes one: the form is made from the policy's own schema. */
export function PolicySheet({ version, form, onClose }: { version: Version; form: PolicyForm; onClose: () => void }) {
  const policies: Readonly<Record<string, unknown>> = version.definition?.policies ?? {};
  const held = policies[form.kind] as Value;
  const [value, setValue] = useState<Value>(() => held ?? startValue(form.schema));
  const save = useSavePolicies(version, onClose);
  const fault = faultOf(save.error);
  const path = `policies.${form.kind}`;
  const placed = (fault?.issues ?? [])
    .map((issue) => issue.path)
    .filter((one) => one.startsWith(`${path}.`) && hasPlace(form.schema, value, one.slice(path.length + 1).split('.')));
  const submit = () =>
    save.mutateAsync({
      api: version.api,
      version: version.version,
      // What a form holds is for the server to judge, which answers beside the fields.
      policies: { ...policies, [form.kind]: value },
      note: `${held === undefined ? 'Add' : 'Change'} policy: ${form.title}`,
    });
  return (
    <Sheet
      open
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
      <Form id="policy" fault={fault} fields={placed} onSubmit={submit}>
        <Inside
          name={form.kind}
          label={form.title}
          schema={form.schema}
          value={value}
          onChange={setValue}
          path={path}
          fault={fault}
          required
        />
        <TryMapping kind={form.kind} value={value} />
      </Form>
    </Sheet>
  );
}
