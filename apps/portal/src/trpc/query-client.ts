import { defaultShouldDehydrateQuery, QueryClient } from '@tanstack/react-query';
import { TRPCClientError } from '@trpc/client';

/** Answers that asking again will not change. */
function isFinal(error: unknown): boolean {
  if (!(error instanceof TRPCClientError)) return false;
  const data: unknown = error.data;
  const status =
    typeof data === 'object' && data !== null && 'httpStatus' in data ? Number(data.httpStatus) : Number.NaN;
  return status >= 400 && status < 500;
}

/**
 * Data is fresh for half a minute, and a refused call is not repeated. In the server none is: the reader is waiting for the
 * page, and the browser asks again for what it lacks.
 */
export function makeQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 30_000,
        retry: (count, error) => typeof window !== 'undefined' && count < 2 && !isFinal(error),
      },
      dehydrate: {
        shouldDehydrateQuery: (query) => defaultShouldDehydrateQuery(query) || query.state.status === 'pending',
      },
    },
  });
}
