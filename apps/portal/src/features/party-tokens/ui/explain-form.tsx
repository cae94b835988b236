'use client';

import { Button } from '@parley/ui/button';
import { Field, Input, Select } from '@parley/ui/field';
import { Form, issueOf } from '@parley/ui/form';
import { Notice, Section } from '@parley/ui/page';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import { ACTION_NAMES, ACTIONS, type Action, type Claims, ruleInWords, sentence } from './token-words.ts';

/** Asks the token's own table, and shows which row decides. */
export function ExplainForm({ token, claims }: { token: string; claims: Claims }) {
  const trpc = useTRPC();
  const [action, setAction] = useState<Action>('model:ask');
  const [resource, setResource] = useState('');
  const explain = useMutation(trpc.partyTokens.explain.mutationOptions());
  const fault = faultOf(explain.error);
  const { data } = explain;
  const row = data ? ruleInWords(claims, data.rule) : null;
  return (
    <Section title="May it?" description="Asks for one action, and names the row that decides.">
      <Form
        fault={fault}
        fields={['resource']}
        className="flex flex-col gap-4"
        onSubmit={() => explain.mutateAsync({ token, action, resource })}
      >
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label="Do what">
            <Select
              value={action}
              onChange={(event) => setAction(event.target.value as Action)}
              options={ACTION_NAMES.map((value) => ({ value, label: sentence(ACTIONS[value]) }))}
            />
          </Field>
          <Field
            label="On what"
            error={issueOf(fault, 'resource')}
            hint="model:publisher/model, api:publisher/api/v1/path …"
          >
            <Input
              className="font-mono text-xs"
              spellCheck={false}
              value={resource}
              onChange={(event) => setResource(event.target.value)}
            />
          </Field>
        </div>
        <div>
          <Button type="submit" busy={explain.isPending} disabled={resource.trim() === ''}>
            Ask
          </Button>
        </div>
      </Form>
      {data && (
        <Notice tone={data.allowed ? 'success' : 'warning'} title={data.allowed ? 'Allowed' : 'Refused'}>
          {row ?? data.because} <span className="break-all font-mono text-xs">{data.rule}</span>
        </Notice>
      )}
    </Section>
  );
}
