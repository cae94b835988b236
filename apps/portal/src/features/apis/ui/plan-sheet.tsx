'use client';

import { Button } from '@parley/ui/button';
import { Choices, Field, Input, Textarea } from '@parley/ui/field';
import { Form, issueOf } from '@parley/ui/form';
import { LimitFields, limitDrafts, readLimitDrafts } from '@parley/ui/limit-fields';
import { NameFields, type NameValue, NO_NAME, slugOfValue } from '@parley/ui/name-fields';
import { Notice } from '@parley/ui/page';
import { Sheet } from '@parley/ui/sheet';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import type { Api, Plan } from './types.ts';
import { useRefresh } from './use-refresh.ts';

/** Adds a plan, or changes one for everybody who is on it. */
export function PlanSheet({ api, plan, onClose }: { api: Api; plan: Plan | null; onClose: () => void }) {
  const trpc = useTRPC();
  const refresh = useRefresh();
  const [naming, setNaming] = useState<NameValue>(plan ? { name: plan.name, ownSlug: plan.slug } : NO_NAME);
  const [description, setDescription] = useState(plan?.description ?? '');
  const [limits, setLimits] = useState(() => limitDrafts(plan?.limits ?? [{ requests: 60, windowSeconds: 60 }]));
  const [approval, setApproval] = useState<string>(plan?.approval ?? 'manual');
  const onSuccess = async (): Promise<void> => {
    await refresh();
    onClose();
  };
  const create = useMutation(trpc.apis.createPlan.mutationOptions({ onSuccess }));
  const update = useMutation(trpc.apis.updatePlan.mutationOptions({ onSuccess }));
  const fault = faultOf(create.error ?? update.error);
  const limitIssue = fault?.issues.find(({ path }) => path.startsWith('limits'));
  const submit = () => {
    const fields = {
      name: naming.name,
      description,
      limits: readLimitDrafts(limits),
      approval: approval === 'auto' ? ('auto' as const) : ('manual' as const),
    };
    return plan
      ? update.mutateAsync({ api: api.slug, plan: plan.slug, ...fields })
      : create.mutateAsync({ api: api.slug, slug: slugOfValue(naming), ...fields });
  };
  return (
    <Sheet
      open
      onOpenChange={onClose}
      title={plan ? `Edit ${plan.name}` : 'Add a plan'}
      description={`A plan of ${api.name}`}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form="plan" variant="primary" busy={create.isPending || update.isPending}>
            {plan ? 'Save' : 'Add plan'}
          </Button>
        </>
      }
    >
      <Form
        id="plan"
        fault={fault}
        fields={['name', 'slug', 'description', ...(limitIssue ? [limitIssue.path] : [])]}
        onSubmit={submit}
      >
        {plan && plan.subscriberCount > 0 && (
          <Notice tone="warning">
            New limits hold at once for the{' '}
            {plan.subscriberCount === 1 ? 'subscriber' : `${plan.subscriberCount} subscribers`} on this plan.
          </Notice>
        )}
        {plan ? (
          <Field label="Name" error={issueOf(fault, 'name')}>
            <Input value={naming.name} onChange={(event) => setNaming({ ...naming, name: event.target.value })} />
          </Field>
        ) : (
          <NameFields
            value={naming}
            onChange={setNaming}
            fault={fault}
            hint="Names it in files and scripts. It stays."
          />
        )}
        <Field label="Who it is for" optional error={issueOf(fault, 'description')}>
          <Textarea rows={2} value={description} onChange={(event) => setDescription(event.target.value)} />
        </Field>
        <LimitFields limits={limits} onChange={setLimits} error={limitIssue?.message} />
        <fieldset>
          <legend className="mb-2 font-medium text-sm">When somebody subscribes</legend>
          <Choices
            label="When somebody subscribes"
            value={approval}
            onChange={setApproval}
            choices={[
              { value: 'manual', label: 'One of us decides', hint: 'The request waits on the page Approvals.' },
              { value: 'auto', label: 'They may call it at once' },
            ]}
          />
        </fieldset>
      </Form>
    </Sheet>
  );
}
