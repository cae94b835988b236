import { createInvitation } from '@parley/services/invitations/create';
import { listInvitations } from '@parley/services/invitations/list';
import { resendInvitation } from '@parley/services/invitations/resend';
import { revokeInvitation } from '@parley/services/invitations/revoke';
import { changeMemberRole } from '@parley/services/members/change-role';
import { leaveMembers } from '@parley/services/members/leave';
import { listMembers } from '@parley/services/members/list';
import { removeMember } from '@parley/services/members/remove';
import { createRole } from '@parley/services/roles/create';
import { deleteRole } from '@parley/services/roles/delete';
import { listRoles } from '@parley/services/roles/list';
import { updateRole } from '@parley/services/roles/update';
import { addTeamMember } from '@parley/services/teams/add-member';
import { createTeam } from '@parley/services/teams/create';
import { deleteTeam } from '@parley/services/teams/delete';
import { listTeams } from '@parley/services/teams/list';
import { removeTeamMember } from '@parley/services/teams/remove-member';
import { t } from '../../../trpc/init.ts';
import { procedureFor } from '../../../trpc/procedure.ts';

export const teamRouter = t.router({
  members: procedureFor(listMembers),
  changeRole: procedureFor(changeMemberRole),
  remove: procedureFor(removeMember),
  leave: procedureFor(leaveMembers),
  invitations: procedureFor(listInvitations),
  invite: procedureFor(createInvitation),
  resendInvitation: procedureFor(resendInvitation),
  revokeInvitation: procedureFor(revokeInvitation),
  roles: procedureFor(listRoles),
  createRole: procedureFor(createRole),
  updateRole: procedureFor(updateRole),
  deleteRole: procedureFor(deleteRole),
  teams: procedureFor(listTeams),
  createTeam: procedureFor(createTeam),
  deleteTeam: procedureFor(deleteTeam),
  addTeamMember: procedureFor(addTeamMember),
  removeTeamMember: procedureFor(removeTeamMember),
});
