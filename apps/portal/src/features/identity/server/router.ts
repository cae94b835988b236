import { createTenant } from '@parley/services/tenants/create';
import { signUp } from '@parley/services/people/sign-up';
import { t } from '../../../trpc/init.ts';
import { procedureFor } from '../../../trpc/procedure.ts';

export const identityRouter = t.router({
  signUp: procedureFor(signUp),
  createTenant: procedureFor(createTenant),
});
