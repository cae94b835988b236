'use client';

import type { SelectOption } from '@parley/ui/field';
import { Page, PageHeader } from '@parley/ui/page';
import { Tabs } from '@parley/ui/tabs';
import { useShell } from '@/shell/shell-context.tsx';
import { HostsTab } from './hosts-tab.tsx';
import { InvoicesTab } from './invoices-tab.tsx';
import { ProfileTab } from './profile-tab.tsx';
import { TenantTab } from './tenant-tab.tsx';
import { TokensTab } from './tokens-tab.tsx';

/** The tenant, the person's own profile, and management tokens. */
export function SettingsView({
  portalUrl,
  timezones,
  currencies,
}: {
  portalUrl: string;
  timezones: readonly string[];
  currencies: readonly SelectOption[];
}) {
  const { can, tenant } = useShell();
  const tabs = [
    ...(can('tenant.read')
      ? [{ value: 'tenant', label: 'Tenant', content: <TenantTab timezones={timezones} currencies={currencies} /> }]
      : []),
    ...(can('tenant.read') ? [{ value: 'hosts', label: 'Hosts', content: <HostsTab /> }] : []),
    ...(can('billing.read') ? [{ value: 'invoices', label: 'Invoices', content: <InvoicesTab /> }] : []),
    { value: 'profile', label: 'Your profile', content: <ProfileTab /> },
    ...(can('tokens.read')
      ? [{ value: 'tokens', label: 'Management tokens', content: <TokensTab portalUrl={portalUrl} /> }]
      : []),
  ];
  return (
    <Page>
      <PageHeader title="Settings" description={`Of ${tenant.name}, and of your own account.`} />
      <Tabs label="Settings" tabs={tabs} />
    </Page>
  );
}
