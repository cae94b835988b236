import { getBillingProfile } from '@parley/services/billing-profile/get';
import { setBillingProfile } from '@parley/services/billing-profile/set';
import { addHost } from '@parley/services/hosts/add';
import { listHosts } from '@parley/services/hosts/list';
import { removeHost } from '@parley/services/hosts/remove';
import { verifyHost } from '@parley/services/hosts/verify';
import { createManagementToken } from '@parley/services/management-tokens/create';
import { listManagementTokens } from '@parley/services/management-tokens/list';
import { revokeManagementToken } from '@parley/services/management-tokens/revoke';
import { changePassword } from '@parley/services/people/change-password';
import { getPerson } from '@parley/services/people/get';
import { signOutEverywhere } from '@parley/services/people/sign-out-everywhere';
import { updatePerson } from '@parley/services/people/update';
import { archiveTaxRate } from '@parley/services/tax-rates/archive';
import { createTaxRate } from '@parley/services/tax-rates/create';
import { listTaxRates } from '@parley/services/tax-rates/list';
import { getTenant } from '@parley/services/tenants/get';
import { updateTenant } from '@parley/services/tenants/update';
import { t } from '../../../trpc/init.ts';
import { procedureFor } from '../../../trpc/procedure.ts';

export const settingsRouter = t.router({
  hosts: procedureFor(listHosts),
  addHost: procedureFor(addHost),
  verifyHost: procedureFor(verifyHost),
  removeHost: procedureFor(removeHost),
  tenant: procedureFor(getTenant),
  updateTenant: procedureFor(updateTenant),
  person: procedureFor(getPerson),
  updatePerson: procedureFor(updatePerson),
  changePassword: procedureFor(changePassword),
  signOutEverywhere: procedureFor(signOutEverywhere),
  tokens: procedureFor(listManagementTokens),
  createToken: procedureFor(createManagementToken),
  billingProfile: procedureFor(getBillingProfile),
  setBillingProfile: procedureFor(setBillingProfile),
  taxRates: procedureFor(listTaxRates),
  createTaxRate: procedureFor(createTaxRate),
  archiveTaxRate: procedureFor(archiveTaxRate),
  revokeToken: procedureFor(revokeManagementToken),
});
