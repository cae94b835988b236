'use client';

import { type QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createTRPCClient, httpBatchLink } from '@trpc/client';
import { createTRPCContext } from '@trpc/tanstack-react-query';
import { type ReactNode, useState } from 'react';
import { makeQueryClient } from './query-client.ts';
import type { AppRouter } from './root.ts';

const { TRPCProvider, useTRPC, useTRPCClient } = createTRPCContext<AppRouter>();

export { useTRPC, useTRPCClient };

let browserClient: { tenant: string | null; client: QueryClient } | null = null;

/** One cache per tenant in the browser, so that nothing of one tenant shows in another; a fresh one per server render. */
function queryClientFor(tenant: string | null): QueryClient {
  if (typeof window === 'undefined') return makeQueryClient();
  if (browserClient?.tenant !== tenant) browserClient = { tenant, client: makeQueryClient() };
  return browserClient.client;
}

/** Gives everything below it typed calls (`useTRPC`) with this tenant open; `null` for public pages. */
export function PortalClient({ tenant, children }: { tenant: string | null; children: ReactNode }) {
  const queryClient = queryClientFor(tenant);
  const [trpcClient] = useState(() =>
    createTRPCClient<AppRouter>({
      links: [
        httpBatchLink({
          url: '/api/trpc',
          maxURLLength: 4000,
          headers: tenant === null ? {} : { 'x-parley-tenant': tenant },
        }),
      ],
    }),
  );
  return (
    <QueryClientProvider client={queryClient}>
      <TRPCProvider trpcClient={trpcClient} queryClient={queryClient}>
        {children}
      </TRPCProvider>
    </QueryClientProvider>
  );
}
