import type { Context } from '@parley/services/context';
import { dehydrate, HydrationBoundary, type QueryKey } from '@tanstack/react-query';
import { createTRPCOptionsProxy } from '@trpc/tanstack-react-query';
import { cookies, headers } from 'next/headers';
import { cache, type ReactNode } from 'react';
import { openContext } from './context.ts';
import { makeQueryClient } from './query-client.ts';
import { appRouter } from './root.ts';

/** The verb context of the person who asks for this page, once per request and tenant. Throws as `openContext` does. */
export const pageContext = cache(async (tenantSlug: string | null): Promise<Context> => {
  const jar = await cookies();
  return openContext(Object.fromEntries(jar.getAll().map(({ name, value }) => [name, value])), tenantSlug);
});

const queryClient = cache((_tenant: string | null) => makeQueryClient());

/**
 * Typed query options that run in the server, to fetch what a page needs before it is sent:
 * `const { trpc, prefetch } = pageQueries(tenant); await prefetch(trpc.team.members.queryOptions({}));`
 */
export function pageQueries(tenantSlug: string | null) {
  const client = queryClient(tenantSlug);
  const trpc = createTRPCOptionsProxy({
    router: appRouter,
    ctx: async () => ({ headers: await headers(), verbs: () => pageContext(tenantSlug) }),
    queryClient: client,
  });
  // Typed by the key alone: tRPC's options say `undefined` where TanStack's, under exact optional properties, say absent.
  const prefetch = async (options: { readonly queryKey: QueryKey }): Promise<void> => {
    // A page whose data did not come asks again in the browser, and says there what is wrong.
    await client.query(options).catch(() => undefined);
  };
  return { trpc, prefetch };
}

/** Hands what was fetched to the browser. Goes around a page's client components. */
export function Hydrate({ tenant, children }: { tenant: string | null; children: ReactNode }) {
  return <HydrationBoundary state={dehydrate(queryClient(tenant))}>{children}</HydrationBoundary>;
}
