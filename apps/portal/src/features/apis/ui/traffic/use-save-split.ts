import { toast } from '@parley/ui/toast';
import { useMutation } from '@tanstack/react-query';
import { useTRPC } from '@/trpc/client.tsx';
import type { Version } from '../types.ts';
import { useRefresh } from '../use-refresh.ts';
import type { Split } from './split-acts.ts';

/** Saves the split of a version or of one of its routes as its next revision, and takes revisions back. */
export function useSaveSplit(version: Version) {
  const trpc = useTRPC();
  const refresh = useRefresh();
  const at = { api: version.api, version: version.version };
  const before = version.revision;
  const rollBack = useMutation(
    trpc.apis.rollback.mutationOptions({
      onSuccess: async (after, { revision }) => {
        await refresh();
        toast({ title: `Revision ${revision} is served again`, body: `As revision ${after.revision}.` });
      },
    }),
  );
  const onSuccess = async (after: Version): Promise<void> => {
    await refresh();
    toast({
      title: `Revision ${after.revision} is served`,
      body: 'Calls follow it within a second.',
      ...(before === null ? {} : { undo: () => rollBack.mutate({ ...at, revision: before }) }),
    });
  };
  const policies = useMutation(trpc.apis.setPolicies.mutationOptions({ onSuccess }));
  const definition = useMutation(trpc.apis.setDefinition.mutationOptions({ onSuccess }));
  return {
    busy: policies.isPending || definition.isPending || rollBack.isPending,
    error: policies.error ?? definition.error ?? rollBack.error,
    back: (revision: number) => rollBack.mutate({ ...at, revision }),
    save: (route: number | null, split: Split, note: string): void => {
      const served = version.definition;
      if (served?.kind !== 'rest') return;
      if (route === null) policies.mutate({ ...at, policies: { ...served.policies, split }, note });
      else {
        const routes = served.routes.map((one, index) =>
          index === route ? { ...one, policies: { ...one.policies, split } } : one,
        );
        definition.mutate({ ...at, definition: { kind: 'rest', routes }, note });
      }
    },
  };
}
