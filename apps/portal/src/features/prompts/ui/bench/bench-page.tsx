import { Fault } from '@parley/kernel/fault';
import { getPrompt } from '@parley/services/prompts/get';
import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { cache } from 'react';
import { Hydrate, pageContext, pageQueries } from '@/trpc/server.tsx';
import { BenchView } from './bench-view.tsx';

interface Props {
  readonly params: Promise<{ tenant: string; prompt: string }>;
}

const findPrompt = cache(async (tenant: string, prompt: string) => {
  try {
    return await getPrompt(await pageContext(tenant), { prompt });
  } catch (error) {
    if (error instanceof Fault && error.code === 'not_found') return null;
    throw error;
  }
});

export async function benchMetadata({ params }: Props): Promise<Metadata> {
  const { tenant, prompt } = await params;
  const found = await findPrompt(tenant, prompt).catch(() => null);
  return { title: found ? `Test bench of ${found.name}` : 'Not found' };
}

/** Datasets of one prompt, and what its versions and models made of them. */
export async function BenchPage({ params }: Props) {
  const { tenant, prompt } = await params;
  if (!(await findPrompt(tenant, prompt))) notFound();
  const { trpc, prefetch } = pageQueries(tenant);
  await Promise.all([
    prefetch(trpc.prompts.get.queryOptions({ prompt })),
    prefetch(trpc.prompts.datasets.queryOptions({ prompt })),
    prefetch(trpc.prompts.runs.queryOptions({ prompt })),
    prefetch(trpc.prompts.models.queryOptions({ limit: 200 })),
  ]);
  return (
    <Hydrate tenant={tenant}>
      <BenchView slug={prompt} />
    </Hydrate>
  );
}
