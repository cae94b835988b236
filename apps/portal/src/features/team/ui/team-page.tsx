import type { Metadata } from 'next';
import { Hydrate, pageQueries } from '@/trpc/server.tsx';
import { TeamView } from './team-view.tsx';

export const teamMetadata: Metadata = { title: 'Team' };

export async function TeamPage({ params }: { params: Promise<{ tenant: string }> }) {
  const { tenant } = await params;
  const { trpc, prefetch } = pageQueries(tenant);
  await Promise.all([
    prefetch(trpc.team.members.queryOptions({})),
    prefetch(trpc.team.invitations.queryOptions({})),
    prefetch(trpc.team.roles.queryOptions({})),
    prefetch(trpc.team.teams.queryOptions({})),
  ]);
  return (
    <Hydrate tenant={tenant}>
      <TeamView />
    </Hydrate>
  );
}
