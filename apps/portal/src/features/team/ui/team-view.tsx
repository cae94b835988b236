'use client';

import { Button } from '@parley/ui/button';
import { Notice, Page, PageHeader } from '@parley/ui/page';
import { Tabs } from '@parley/ui/tabs';
import { useQuery } from '@tanstack/react-query';
import { UserPlus } from 'lucide-react';
import { useState } from 'react';
import { useShell } from '@/shell/shell-context.tsx';
import { useTRPC } from '@/trpc/client.tsx';
import { InvitationList } from './invitation-list.tsx';
import { InviteDialog } from './invite-dialog.tsx';
import { MemberList } from './member-list.tsx';
import { RoleList } from './role-list.tsx';
import { TeamList } from './team-list.tsx';

/** Members, invitations, teams and roles of the open tenant. */
export function TeamView() {
  const trpc = useTRPC();
  const { can, tenant } = useShell();
  const [inviting, setInviting] = useState(false);
  const members = useQuery(trpc.team.members.queryOptions({}));
  const invitations = useQuery(trpc.team.invitations.queryOptions({}));
  const teams = useQuery(trpc.team.teams.queryOptions({}));
  const open = invitations.data?.items.filter((item) => item.state === 'pending').length;
  const invite = () => setInviting(true);
  return (
    <Page>
      <PageHeader
        title="Team"
        description={`Who works in ${tenant.name}, and what each of them may do.`}
        actions={
          can('members.write') && (
            <Button variant="primary" icon={<UserPlus aria-hidden className="size-4" />} onClick={invite}>
              Invite
            </Button>
          )
        }
      />
      {members.isError ? (
        <Notice tone="danger" title={members.error.message} />
      ) : (
        <Tabs
          label="Team"
          tabs={[
            {
              value: 'members',
              label: 'Members',
              count: members.data?.items.length,
              content: <MemberList members={members.data?.items} />,
            },
            {
              value: 'invitations',
              label: 'Invitations',
              count: open,
              content: <InvitationList invitations={invitations.data?.items} onInvite={invite} />,
            },
            {
              value: 'teams',
              label: 'Teams',
              count: teams.data?.items.length,
              content: <TeamList teams={teams.data?.items} members={members.data?.items ?? []} />,
            },
            { value: 'roles', label: 'Roles', content: <RoleList /> },
          ]}
        />
      )}
      {inviting && <InviteDialog onClose={() => setInviting(false)} />}
    </Page>
  );
}
