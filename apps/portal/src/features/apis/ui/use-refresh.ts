import { useQueryClient } from '@tanstack/react-query';
import { useTRPC } from '@/trpc/client.tsx';

/** Reads everything about APIs anew after a change. */
export function useRefresh(): () => Promise<unknown> {
  const trpc = useTRPC();
  const queries = useQueryClient();
  return () => queries.invalidateQueries(trpc.apis.pathFilter());
}
