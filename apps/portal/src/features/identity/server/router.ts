import { acceptInvitation } from '@parley/services/invitations/accept';
import { acceptInvitationAsNew } from '@parley/services/invitations/accept-as-new';
import { signUp } from '@parley/services/people/sign-up';
import { createTenant } from '@parley/services/tenants/create';
import { limited } from '../../../auth/limited.ts';
import { t } from '../../../trpc/init.ts';
import { procedureFor } from '../../../trpc/procedure.ts';

export const identityRouter = t.router({
  signUp: procedureFor(signUp, limited('sign-up')),
  createTenant: procedureFor(createTenant),
  acceptInvitation: procedureFor(acceptInvitation),
  acceptInvitationAsNew: procedureFor(acceptInvitationAsNew, limited('sign-up')),
});
