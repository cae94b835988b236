import type { PolicyGroup } from '@parley/domain/policies/groups';
import { toast } from '@parley/ui/toast';
import { useMutation, useQuery } from '@tanstack/react-query';
import type { Schema } from '@/schema-form/schema-node.ts';
import { useTRPC } from '@/trpc/client.tsx';
import type { Version } from '../types.ts';
import { useRefresh } from '../use-refresh.ts';

/** A policy that versions and routes can have: its words, and the schema its form is made from. */
export interface PolicyForm {
  readonly kind: string;
  readonly title: string;
  readonly purpose: string;
  readonly group: PolicyGroup;
  /** Kinds of API that can have it. */
  readonly apiKinds: readonly ('rest' | 'prompt' | 'llm')[];
  readonly schema: Schema;
}

/** All policies there are; `undefined` while they are read. */
export function usePolicyForms(): readonly PolicyForm[] | undefined {
  const trpc = useTRPC();
  const { data } = useQuery(trpc.apis.policies.queryOptions({}, { staleTime: Number.POSITIVE_INFINITY }));
  return data?.items;
}

/** Saves the policies of a version as its next revision, with the way back for as long as the notice stays. */
export function useSavePolicies(version: Version, saved: () => void) {
  const trpc = useTRPC();
  const refresh = useRefresh();
  const at = { api: version.api, version: version.version };
  const rollBack = useMutation(trpc.apis.rollback.mutationOptions({ onSuccess: () => refresh() }));
  return useMutation(
    trpc.apis.setPolicies.mutationOptions({
      onSuccess: async (after) => {
        await refresh();
        saved();
        const before = version.revision;
        if (before === null || after.revision === before) return toast({ title: 'Nothing was changed' });
        toast({
          title: `Revision ${after.revision} is saved`,
          body: 'The history below keeps every revision.',
          undo: () => rollBack.mutate({ ...at, revision: before }),
        });
      },
    }),
  );
}
