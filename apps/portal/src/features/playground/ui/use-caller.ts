'use client';

import { useMutation, useQueries, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { noteNewKey } from '@/gateway-call/new-keys.ts';
import { sendCall } from '@/gateway-call/send-call.ts';
import { useShell } from '@/shell/shell-context.tsx';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';

const DAY_MS = 86_400_000;

/** Keys made or pasted here, by tenant and application: until the page is loaded anew, and nowhere else. */
const held = new Map<string, string>();

export interface Caller {
  /** Applications that may call models; `undefined` while they are asked for. */
  readonly applications: readonly { readonly slug: string; readonly name: string }[] | undefined;
  readonly application: string;
  readonly choose: (application: string) => void;
  readonly key: string;
  readonly setKey: (key: string) => void;
  readonly mayMakeKeys: boolean;
  /** The key, made first where there is none; `null` where none could be had. */
  readonly withKey: () => Promise<string | null>;
  readonly problem: string | null;
  /** Names that calls of this application may use. */
  readonly names: readonly string[];
}

/** Who calls: an application subscribed to models, with a key of it. */
export function useCaller(gatewayUrl: string): Caller {
  const trpc = useTRPC();
  const { tenant, can } = useShell();
  const [chosen, choose] = useState('');
  const [, seeKey] = useState(0);
  const [offered, setOffered] = useState<Readonly<Record<string, readonly string[]>>>({});
  const subscriptions = useQuery(trpc.playground.subscriptions.queryOptions({ state: 'approved', limit: 200 }));
  const toModels = (subscriptions.data?.items ?? []).filter(({ api }) => api.kind === 'llm');
  const applications = [...new Map(toModels.map(({ application }) => [application.slug, application])).values()];
  const application = applications.some(({ slug }) => slug === chosen) ? chosen : (applications[0]?.slug ?? '');
  const apis = useQueries({
    queries: toModels
      .filter((one) => one.application.slug === application)
      .slice(0, 10)
      .map(({ publisher, api }) => trpc.playground.api.queryOptions({ publisher: publisher.slug, api: api.slug })),
  });
  const models = useQuery({ ...trpc.playground.models.queryOptions({ limit: 200 }), enabled: can('providers.read') });
  const make = useMutation(trpc.playground.makeKey.mutationOptions());
  const place = `${tenant.slug}/${application}`;
  const key = held.get(place) ?? '';
  const setKey = (value: string): void => {
    held.set(place, value.trim());
    seeKey((count) => count + 1);
  };
  const withKey = async (): Promise<string | null> => {
    const known = held.get(place);
    if (known) return known;
    if (!application || !can('keys.write')) return null;
    const made = await make
      .mutateAsync({
        application,
        name: `Playground ${new Date().toISOString().slice(0, 19).replace('T', ' at ')}`,
        expiresAt: new Date(Date.now() + DAY_MS).toISOString(),
      })
      .catch(() => null);
    if (made === null) return null;
    noteNewKey(made.secret);
    setKey(made.secret);
    void namesAt(gatewayUrl, made.secret).then((names) => setOffered((before) => ({ ...before, [place]: names })));
    return made.secret;
  };
  const described = apis.flatMap(({ data }) => namesIn(data?.versions[0]?.reference));
  const own = (models.data?.items ?? []).filter(({ disabledAt }) => disabledAt === null).map(({ slug }) => slug);
  return {
    applications: subscriptions.isPending ? undefined : applications,
    application,
    choose,
    key,
    setKey,
    mayMakeKeys: can('keys.write'),
    withKey,
    problem: faultOf(subscriptions.error ?? make.error)?.message ?? null,
    names: offered[place]?.length ? offered[place] : [...new Set([...described, ...own])],
  };
}

/** Names of models that the reference of a model API gives as examples. */
function namesIn(reference: unknown): string[] {
  const at = (value: unknown, ...path: readonly string[]): unknown =>
    path.reduce<unknown>(
      (inner, name) =>
        typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>)[name] : undefined,
      value,
    );
  const schema = at(
    reference,
    'paths',
    '/chat/completions',
    'post',
    'requestBody',
    'content',
    'application/json',
    'schema',
  );
  const examples = at(schema, 'properties', 'model', 'examples');
  return Array.isArray(examples) ? examples.filter((name) => typeof name === 'string') : [];
}

/** What the gateway lists for a key; nothing where it cannot be asked. */
async function namesAt(gatewayUrl: string, key: string): Promise<string[]> {
  try {
    const call = { url: `${gatewayUrl}/v1/models`, method: 'GET', key, headers: {}, body: null };
    const answer = await sendCall(call, AbortSignal.timeout(10_000));
    if (answer.status !== 200) return [];
    const { data } = (await new Response(answer.body).json()) as { data?: { id: string }[] };
    return (data ?? []).map(({ id }) => id);
  } catch {
    return [];
  }
}
