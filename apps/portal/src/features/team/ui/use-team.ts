'use client';

import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useShell } from '@/shell/shell-context.tsx';
import { useTRPC } from '@/trpc/client.tsx';
import type { Role } from './team-types.ts';

/** Reads everything of the page anew after a change: members, invitations, teams and roles name each other. */
export function useRefreshTeam(): () => Promise<void> {
  const trpc = useTRPC();
  const queries = useQueryClient();
  return () => queries.invalidateQueries(trpc.team.pathFilter());
}

/** The roles this person may hand out: none beyond their own permissions, and owner by owners only. */
export function useGrantableRoles(): readonly Role[] {
  const trpc = useTRPC();
  const { can, tenant } = useShell();
  const roles = useQuery(trpc.team.roles.queryOptions({}));
  return (roles.data?.items ?? []).filter((role) =>
    role.builtIn && role.slug === 'owner'
      ? tenant.role.slug === 'owner'
      : role.permissions.every((one) => can(one as never)),
  );
}
