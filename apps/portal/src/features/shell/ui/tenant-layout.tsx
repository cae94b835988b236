import { Fault } from '@parley/kernel/fault';
import { getPerson } from '@parley/services/people/get';
import { listTenants } from '@parley/services/tenants/list';
import { headers } from 'next/headers';
import { notFound, redirect } from 'next/navigation';
import type { ReactNode } from 'react';
import { ShellProvider } from '@/shell/shell-context.tsx';
import { PortalClient } from '@/trpc/client.tsx';
import { pageContext } from '@/trpc/server.tsx';
import { AppFrame } from './app-frame.tsx';
import { Providers } from './providers.tsx';

/** Everything below `/t/<tenant>`: for its members only; to anyone else the tenant does not exist. */
export async function TenantLayout({ params, children }: { params: Promise<{ tenant: string }>; children: ReactNode }) {
  const { tenant: slug } = await params;
  const context = await pageContext(slug).catch((error: unknown) => {
    if (error instanceof Fault && error.code === 'not_found') notFound();
    throw error;
  });
  if (!context.userId) {
    const path = (await headers()).get('x-pathname') ?? `/t/${slug}/home`;
    redirect(`/sign-in?next=${encodeURIComponent(path)}`);
  }
  const [person, tenants] = await Promise.all([getPerson(context, {}), listTenants(context, {})]);
  const tenant = tenants.items.find((one) => one.slug === slug);
  if (!tenant) notFound();
  const facts = { person, tenant, tenants: tenants.items, permissions: [...context.permissions] };
  return (
    <PortalClient key={slug} tenant={slug}>
      <Providers>
        <ShellProvider facts={facts}>
          <AppFrame>{children}</AppFrame>
        </ShellProvider>
      </Providers>
    </PortalClient>
  );
}
