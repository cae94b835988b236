'use client';

import { Button } from '@parley/ui/button';
import { Choices, Field, Input } from '@parley/ui/field';
import { Form, issueOf } from '@parley/ui/form';
import { NameFields, NO_NAME, slugOfValue } from '@parley/ui/name-fields';
import { Sheet } from '@parley/ui/sheet';
import { SkeletonRows } from '@parley/ui/skeleton';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type Fields, hasPlace, type Schema } from '@/schema-form/schema-node.ts';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import type { RouterOutputs } from '@/trpc/root.ts';
import { OptionsSection } from './options-section.tsx';

export type Upstream = RouterOutputs['upstreams']['list']['items'][number];
type Credential = 'keep' | 'none' | 'header';

const TIMEOUTS = [
  { field: 'connectTimeoutMs', label: 'Connect within', usual: 5 },
  { field: 'headersTimeoutMs', label: 'First answer within', usual: 30 },
  { field: 'totalTimeoutMs', label: 'Whole call within', usual: 120 },
] as const;

const FIELDS = ['name', 'slug', 'baseUrl', 'auth.header', 'auth.value', 'discoveryToken'];

/** Adds an upstream or changes one. A credential is sealed at once and never shown again. */
export function UpstreamSheet({ upstream, onClose }: { upstream: Upstream | null; onClose: () => void }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const [naming, setNaming] = useState(upstream ? { name: upstream.name, ownSlug: upstream.slug } : NO_NAME);
  const [baseUrl, setBaseUrl] = useState(upstream?.baseUrl ?? '');
  const [credential, setCredential] = useState<Credential>(upstream?.authHeader ? 'keep' : 'none');
  const [header, setHeader] = useState(upstream?.authHeader ?? 'Authorization');
  const [value, setValue] = useState('');
  const [seconds, setSeconds] = useState<Record<string, string>>(
    Object.fromEntries(TIMEOUTS.map(({ field, usual }) => [field, String(upstream ? upstream[field] / 1000 : usual)])),
  );
  const forms = useQuery(trpc.upstreams.options.queryOptions({}, { staleTime: Number.POSITIVE_INFINITY })).data?.items;
  const [options, setOptions] = useState<Fields>(() => upstream?.options ?? {});
  const [token, setToken] = useState('');
  const [broken, setBroken] = useState(false);
  const onSuccess = async (): Promise<void> => {
    await queries.invalidateQueries(trpc.upstreams.pathFilter());
    onClose();
  };
  const create = useMutation(trpc.upstreams.create.mutationOptions({ onSuccess }));
  const update = useMutation(trpc.upstreams.update.mutationOptions({ onSuccess }));
  const fault = faultOf(create.error ?? update.error);

  const submit = () => {
    const milliseconds = (field: string): number => Math.round(Number(seconds[field]) * 1000);
    const fields = {
      name: naming.name,
      baseUrl,
      connectTimeoutMs: milliseconds('connectTimeoutMs'),
      headersTimeoutMs: milliseconds('headersTimeoutMs'),
      totalTimeoutMs: milliseconds('totalTimeoutMs'),
      // What the form holds is for the server to judge, which answers beside the fields.
      options: options as Upstream['options'],
      ...(token.trim() === '' ? {} : { discoveryToken: token }),
      ...(credential === 'keep' ? {} : { auth: credential === 'none' ? null : { header, value } }),
    };
    return upstream
      ? update.mutateAsync({ upstream: upstream.slug, ...fields })
      : create.mutateAsync({ slug: slugOfValue(naming), ...fields });
  };
  const shape: Schema = {
    type: 'object',
    properties: Object.fromEntries((forms ?? []).map((one) => [one.name, one.schema])),
  };
  const placed = (fault?.issues ?? [])
    .map(({ path }) => path)
    .filter((path) => path.startsWith('options.') && hasPlace(shape, options, path.split('.').slice(1)));
  return (
    <Sheet
      open
      wide
      onOpenChange={onClose}
      title={upstream ? `Edit ${upstream.name}` : 'Add an upstream'}
      description={upstream ? `Short name: ${upstream.slug}` : 'A service of your own that routes can lead to.'}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            type="submit"
            form="upstream"
            variant="primary"
            busy={create.isPending || update.isPending}
            disabled={broken}
          >
            {upstream ? 'Save' : 'Add upstream'}
          </Button>
        </>
      }
    >
      <Form
        id="upstream"
        fault={fault}
        fields={[...FIELDS, ...TIMEOUTS.map(({ field }) => field), ...placed]}
        onSubmit={submit}
      >
        {upstream ? (
          <Field label="Name" error={issueOf(fault, 'name')}>
            <Input value={naming.name} onChange={(event) => setNaming({ ...naming, name: event.target.value })} />
          </Field>
        ) : (
          <NameFields value={naming} onChange={setNaming} fault={fault} hint="Routes name it by this. It stays." />
        )}
        <Field
          label="Base URL"
          error={issueOf(fault, 'baseUrl')}
          hint={upstream ? 'Takes effect for every route within a second.' : 'A route’s path is added to it.'}
        >
          <Input
            className="font-mono"
            spellCheck={false}
            placeholder="https://api.internal.example"
            value={baseUrl}
            onChange={(event) => setBaseUrl(event.target.value)}
          />
        </Field>
        <fieldset className="flex flex-col gap-3">
          <legend className="mb-2 font-medium text-sm">What it asks the gateway for</legend>
          <Choices
            label="Credential"
            value={credential}
            onChange={(next) => setCredential(next as Credential)}
            choices={[
              ...(upstream?.authHeader
                ? [{ value: 'keep', label: `The credential it has, in ${upstream.authHeader}` }]
                : []),
              { value: 'none', label: 'Nothing' },
              { value: 'header', label: upstream?.authHeader ? 'A new credential' : 'A credential in a header' },
            ]}
          />
          {credential === 'header' && (
            <div className="grid gap-4 sm:grid-cols-2">
              <Field label="Header" error={issueOf(fault, 'auth.header')}>
                <Input className="font-mono" value={header} onChange={(event) => setHeader(event.target.value)} />
              </Field>
              <Field label="Value" error={issueOf(fault, 'auth.value')} hint="Whole, such as Bearer abc123.">
                <Input
                  type="password"
                  autoComplete="off"
                  className="font-mono"
                  value={value}
                  onChange={(event) => setValue(event.target.value)}
                />
              </Field>
            </div>
          )}
        </fieldset>
        <div className="grid gap-4 sm:grid-cols-3">
          {TIMEOUTS.map(({ field, label }) => (
            <Field key={field} label={label} hint="seconds" error={issueOf(fault, field)}>
              <Input
                inputMode="decimal"
                value={seconds[field] ?? ''}
                onChange={(event) => setSeconds({ ...seconds, [field]: event.target.value })}
              />
            </Field>
          ))}
        </div>
        {forms ? (
          <OptionsSection
            forms={forms}
            kept={upstream?.options}
            options={options}
            onChange={setOptions}
            token={{ value: token, kept: upstream?.hasDiscoveryToken ?? false, onChange: setToken }}
            fault={fault}
            onBroken={setBroken}
          />
        ) : (
          <SkeletonRows rows={4} />
        )}
      </Form>
    </Sheet>
  );
}
