import { guardrailsPolicy } from '@parley/contracts/policies/guardrails';
import { z } from 'zod';
import type { Schema } from '@/schema-form/schema-node.ts';
import { Hydrate, pageQueries } from '@/trpc/server.tsx';
import { GuardrailsView } from './guardrails-view.tsx';

export const guardrailsMetadata = { title: 'Guardrails' };

/** What the form of the settings is made from: the same as an API's policies are written in. */
const SCHEMA = JSON.parse(
  // As text: what zod makes carries methods, which do not go to a client component.
  JSON.stringify(z.toJSONSchema(guardrailsPolicy, { io: 'input', unrepresentable: 'any' })),
) as Schema;

/** The guardrails of the tenant's APIs, and a place to try them on a text. */
export async function GuardrailsPage({ params }: { params: Promise<{ tenant: string }> }) {
  const { tenant } = await params;
  const { trpc, prefetch } = pageQueries(tenant);
  await prefetch(trpc.guardrails.list.queryOptions({}));
  return (
    <Hydrate tenant={tenant}>
      <GuardrailsView schema={SCHEMA} />
    </Hydrate>
  );
}
