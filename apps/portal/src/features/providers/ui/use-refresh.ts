import { useQueryClient } from '@tanstack/react-query';
import { useTRPC } from '@/trpc/client.tsx';

/** Reads everything on the page anew after a change. */
export function useRefresh(): () => Promise<unknown> {
  const trpc = useTRPC();
  const queries = useQueryClient();
  return () => queries.invalidateQueries(trpc.providers.pathFilter());
}
