'use client';

import { Button } from '@parley/ui/button';
import { Field, Input, Select, Textarea } from '@parley/ui/field';
import { Form, issueOf } from '@parley/ui/form';
import { Sheet } from '@parley/ui/sheet';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useShell } from '@/shell/shell-context.tsx';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import type { Api, Version } from '../types.ts';
import { DryRunResult } from './dry-run-result.tsx';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'] as const;
type Method = (typeof METHODS)[number];
const FIELDS = ['method', 'path', 'address', 'body'];
const NOBODY = '';

/** Starts with a call that the API is likely to take. */
function firstCall(api: Api, { definition }: Version): { method: Method; path: string; headers: string; body: string } {
  const json = 'content-type: application/json';
  if (api.kind === 'llm') {
    const model = definition?.kind === 'llm' ? (definition.models[0] ?? '') : '';
    const body = JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello' }] });
    return { method: 'POST', path: '/chat/completions', headers: json, body };
  }
  if (api.kind === 'prompt') return { method: 'POST', path: '/', headers: json, body: '{}' };
  const route = definition?.kind === 'rest' ? definition.routes[0] : undefined;
  const method = METHODS.find((one) => one === route?.method) ?? 'GET';
  return { method, path: (route?.path ?? '/').replaceAll(/\{\w+\}/g, '1').replace('*', ''), headers: '', body: '' };
}

/** A call that is only thought of: what it would meet on its way, decision by decision, as the gateway itself says. */
export function DryRunSheet({ api, version, onClose }: { api: Api; version: Version; onClose: () => void }) {
  const trpc = useTRPC();
  const { can } = useShell();
  const [call, setCall] = useState(() => firstCall(api, version));
  const [address, setAddress] = useState('203.0.113.7');
  const [chosen, setChosen] = useState<string | null>(null);
  const subscriptions = useQuery({
    ...trpc.apis.subscriptions.queryOptions({ api: api.slug, show: 'all', limit: 100 }),
    enabled: can('approvals.read'),
  });
  const holders = subscriptions.data?.items ?? [];
  const subscription = chosen ?? holders.find(({ state }) => state === 'approved')?.id ?? NOBODY;
  const ask = useMutation(trpc.apis.explain.mutationOptions());
  const fault = faultOf(ask.error);
  const headerFault = fault?.issues.find(({ path }) => path.startsWith('headers'));
  const submit = () =>
    ask.mutateAsync({
      api: api.slug,
      version: version.version,
      method: call.method,
      path: call.path,
      headers: readHeaders(call.headers),
      address: address.trim(),
      body: call.body,
      subscription: subscription === NOBODY ? null : subscription,
    });
  return (
    <Sheet
      open
      wide
      onOpenChange={onClose}
      title="What would this request meet?"
      description="The gateway walks it through what it serves now. Nothing is called, counted or recorded."
      footer={
        <>
          <Button onClick={onClose}>Close</Button>
          <Button
            type="submit"
            form="dry-run"
            variant="primary"
            disabled={subscriptions.isLoading}
            busy={ask.isPending}
          >
            Explain
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-6">
        <Form
          id="dry-run"
          fault={fault}
          fields={[...FIELDS, ...(headerFault ? [headerFault.path] : [])]}
          onSubmit={submit}
        >
          <div className="grid gap-4 sm:grid-cols-[8rem_minmax(0,1fr)]">
            <Field label="Method" error={issueOf(fault, 'method')}>
              <Select
                value={call.method}
                onChange={({ target }) => setCall({ ...call, method: target.value as Method })}
                options={METHODS.map((value) => ({ value, label: value }))}
              />
            </Field>
            <Field label="Path" aside="below the version’s address" error={issueOf(fault, 'path')}>
              <Input
                className="font-mono"
                spellCheck={false}
                value={call.path}
                onChange={({ target }) => setCall({ ...call, path: target.value })}
              />
            </Field>
          </div>
          <div className="grid gap-4 sm:grid-cols-2">
            <Field label="Application">
              <Select
                value={subscription}
                onChange={({ target }) => setChosen(target.value)}
                options={[
                  { value: NOBODY, label: 'None: the headers say who calls' },
                  ...holders.map(({ id, application, applicant, plan, state }) => ({
                    value: id,
                    label: `${application.name} (${applicant.name}, ${plan.name}, ${state})`,
                  })),
                ]}
              />
            </Field>
            <Field label="From the address" error={issueOf(fault, 'address')}>
              <Input
                className="font-mono"
                spellCheck={false}
                value={address}
                onChange={({ target }) => setAddress(target.value)}
              />
            </Field>
          </div>
          <div className="grid gap-4 sm:grid-cols-2">
            <Field label="Headers" optional aside="name: value, one per line" error={headerFault?.message}>
              <Textarea
                rows={3}
                spellCheck={false}
                className="font-mono text-xs"
                value={call.headers}
                onChange={({ target }) => setCall({ ...call, headers: target.value })}
              />
            </Field>
            <Field label="Body" optional error={issueOf(fault, 'body')}>
              <Textarea
                rows={3}
                spellCheck={false}
                className="font-mono text-xs"
                value={call.body}
                onChange={({ target }) => setCall({ ...call, body: target.value })}
              />
            </Field>
          </div>
        </Form>
        {ask.data && !ask.isPending && <DryRunResult reply={ask.data} />}
      </div>
    </Sheet>
  );
}

function readHeaders(text: string): { name: string; value: string }[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [name = '', ...rest] = line.split(':');
      return { name: name.trim(), value: rest.join(':').trim() };
    });
}
