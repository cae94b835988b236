import type { Metadata } from 'next';
import { portalEnv } from '@/server/ground.ts';
import { Hydrate, pageQueries } from '@/trpc/server.tsx';
import { SettingsView } from './settings-view.tsx';

export const settingsMetadata: Metadata = { title: 'Settings' };

/** Named here, since browsers and Node do not name every currency alike. */
function currencies(): { value: string; label: string }[] {
  const names = new Intl.DisplayNames('en', { type: 'currency' });
  return Intl.supportedValuesOf('currency').map((code) => ({
    value: code,
    label: `${code} · ${names.of(code) ?? code}`,
  }));
}

export async function SettingsPage({ params }: { params: Promise<{ tenant: string }> }) {
  const { tenant } = await params;
  const { trpc, prefetch } = pageQueries(tenant);
  await Promise.all([
    prefetch(trpc.settings.tenant.queryOptions({})),
    prefetch(trpc.settings.person.queryOptions({})),
    prefetch(trpc.settings.tokens.queryOptions({})),
  ]);
  return (
    <Hydrate tenant={tenant}>
      <SettingsView
        portalUrl={portalEnv().portalUrl}
        timezones={Intl.supportedValuesOf('timeZone')}
        currencies={currencies()}
      />
    </Hydrate>
  );
}
