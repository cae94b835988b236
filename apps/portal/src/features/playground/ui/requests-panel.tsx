'use client';

import { Badge } from '@parley/ui/badge';
import { CodeBlock } from '@parley/ui/code-block';
import { Select } from '@parley/ui/field';
import { Notice } from '@parley/ui/page';
import { Segmented } from '@parley/ui/segmented';
import { Skeleton } from '@parley/ui/skeleton';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import { useTRPCClient } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import type { RouterInputs, RouterOutputs } from '@/trpc/root.ts';
import { shortened } from './pictures.ts';
import { type ClientProtocol, snippetsOf } from './snippets.ts';

type Preview = RouterOutputs['playground']['preview'];
type Upstream = Preview['upstreams'][number];
type Sent = Upstream['sent'][number];
type Asked = RouterInputs['playground']['preview']['request'];

const DIALECTS: readonly { readonly value: ClientProtocol; readonly label: string }[] = [
  { value: 'openai_chat', label: 'OpenAI Chat' },
  { value: 'openai_responses', label: 'OpenAI Responses' },
  { value: 'anthropic', label: 'Anthropic' },
  { value: 'gemini', label: 'Gemini' },
];

interface Props {
  readonly model: string;
  readonly request: Readonly<Record<string, unknown>>;
  readonly apiKey: string;
}

/** The conversation as every client's request, as programs, and as the request that really goes to the provider. */
export function RequestsPanel({ model, request, apiKey }: Props) {
  const client = useTRPCClient();
  const [dialect, setDialect] = useState<ClientProtocol>('openai_chat');
  const settled = useSettled(JSON.stringify(request));
  const { request: short, whole } = useMemo(() => shortened(JSON.parse(settled) as Asked), [settled]);
  const preview = useQuery({
    queryKey: ['playground', 'preview', model, settled],
    // A write only because a conversation is too long for an address: it changes nothing, so it is asked like a read.
    queryFn: () => client.playground.preview.mutate({ model, request: short }),
    enabled: model !== '',
    retry: false,
    placeholderData: keepPreviousData,
  });
  const fault = faultOf(preview.error);
  if (model === '') return <Notice title="Name a model to see its requests" />;
  if (fault) {
    return (
      <Notice tone="danger" title={fault.message}>
        {fault.issues.map(({ path, message }) => `${path}: ${message}`).join(' ')}
      </Notice>
    );
  }
  const { data } = preview;
  const shown = data?.clients.find(({ protocol }) => protocol === dialect);
  if (!data || !shown) return <Skeleton className="h-96" />;
  return (
    <div className="flex min-w-0 flex-col gap-5">
      <Segmented label="Client protocol" segments={DIALECTS} value={dialect} onChange={setDialect} />
      <section aria-label="The client’s request" className="flex min-w-0 flex-col gap-2">
        <h3 className="font-medium text-sm">What the client sends</h3>
        <CodeBlock title="Programs" snippets={snippetsOf({ request: shown, model, key: apiKey }, whole)} />
        <Losses losses={shown.losses} words="This protocol has no words for:" />
      </section>
      <UpstreamPart upstreams={data.upstreams} dialect={dialect} whole={whole} />
    </div>
  );
}

/** A value once it has held still for a moment: what is being typed is not asked about letter by letter. */
function useSettled(value: string): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), 300);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}

function UpstreamPart({
  upstreams,
  dialect,
  whole,
}: {
  upstreams: readonly Upstream[];
  dialect: ClientProtocol;
  whole: (code: string) => string;
}) {
  const [chosen, choose] = useState('');
  const upstream = upstreams.find(({ model }) => model === chosen) ?? upstreams[0];
  const sent = upstream?.sent.find(({ protocol }) => protocol === dialect);
  return (
    <section aria-label="The request sent upstream" className="flex min-w-0 flex-col gap-3">
      <div className="flex flex-wrap items-center gap-2">
        <h3 className="font-medium text-sm">What the provider is sent</h3>
        {upstream && <Badge>{upstream.provider.name}</Badge>}
        {upstreams.length > 1 && (
          <Select
            aria-label="Model behind the name"
            className="w-52"
            value={upstream?.model ?? ''}
            options={upstreams.map(({ model }) => ({ value: model, label: `if it goes to ${model}` }))}
            onChange={(event) => choose(event.target.value)}
          />
        )}
      </div>
      {sent ? (
        <SentRequest sent={sent} whole={whole} />
      ) : (
        <p className="text-muted text-sm">
          Only the publisher of a model sees what its provider is sent, and there is no model of that name here.
        </p>
      )}
    </section>
  );
}

function SentRequest({ sent, whole }: { sent: Sent; whole: (code: string) => string }) {
  if (sent.problem !== null) return <Notice tone="danger" title={sent.problem} />;
  const head = [`POST ${sent.url}`, ...sent.headers.map(({ name, value }) => `${name}: ${value}`)].join('\n');
  const code = `${head}\n\n${JSON.stringify(JSON.parse(sent.body), null, 2)}`;
  return (
    <>
      <p className="text-muted text-sm">
        {sent.passes
          ? 'Client and provider speak the same protocol: the request passes byte for byte, but for what is named here.'
          : 'The request is translated. What is not named here means the same there.'}{' '}
        Guardrails and mappings of the API are not in this picture.
      </p>
      <Losses losses={sent.losses} words="The provider cannot be told:" />
      <Differences differences={sent.differences} />
      <CodeBlock title="Request" snippets={[{ label: 'Request', code, copy: whole(code) }]} />
    </>
  );
}

function Losses({
  losses,
  words,
}: {
  losses: readonly { readonly field: string; readonly why: string; readonly essential?: boolean }[];
  words: string;
}) {
  if (losses.length === 0) return null;
  return (
    <Notice tone="warning" title={words}>
      <ul className="list-inside list-disc">
        {losses.map(({ field, why, essential }) => (
          <li key={field + why}>
            <span className="font-mono text-xs">{field}</span>: {why}.
            {essential && ' Calls with it are refused, unless the API’s routing says otherwise.'}
          </li>
        ))}
      </ul>
    </Notice>
  );
}

function Differences({ differences }: { differences: Sent['differences'] }) {
  if (differences === null) {
    return (
      <p className="text-faint text-sm">This provider’s protocol cannot be read back, so changes are not listed.</p>
    );
  }
  if (differences.length === 0) return null;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <div tabIndex={0} role="region" aria-label="Fields that change" className="overflow-x-auto rounded-md border">
      <table className="w-full text-left text-xs">
        <thead className="bg-sunken text-muted">
          <tr>
            {['Field', 'Asked', 'Sent'].map((name) => (
              <th key={name} scope="col" className="px-3 py-1.5 font-medium">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {differences.map(({ field, from, to }) => (
            <tr key={field} className="border-t align-top font-mono">
              <th scope="row" className="whitespace-nowrap px-3 py-1.5 font-medium">
                {field}
              </th>
              <td className="break-all px-3 py-1.5 text-muted">{from ?? '–'}</td>
              <td className="break-all px-3 py-1.5">{to ?? 'left out'}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
