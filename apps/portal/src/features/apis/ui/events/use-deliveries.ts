import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTRPC } from '@/trpc/client.tsx';

/** Reads lists, details and destinations again. */
export function useRefreshEvents(): () => Promise<void> {
  const trpc = useTRPC();
  const queries = useQueryClient();
  return async () => {
    await Promise.all([
      queries.invalidateQueries(trpc.apis.deliveries.pathFilter()),
      queries.invalidateQueries(trpc.apis.delivery.pathFilter()),
      queries.invalidateQueries(trpc.apis.destinations.pathFilter()),
    ]);
  };
}

/** Sends one delivery again, or stops it. */
export function useMoves() {
  const trpc = useTRPC();
  const onSettled = useRefreshEvents();
  return {
    replay: useMutation(trpc.apis.replayDelivery.mutationOptions({ onSettled })),
    cancel: useMutation(trpc.apis.cancelDelivery.mutationOptions({ onSettled })),
  };
}
