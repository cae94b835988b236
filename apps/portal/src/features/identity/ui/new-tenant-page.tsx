import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { portalEnv } from '@/server/ground.ts';
import { pageContext } from '@/trpc/server.tsx';
import { AuthPage } from './auth-page.tsx';
import { NewTenantForm } from './new-tenant-form.tsx';

export const newTenantMetadata: Metadata = { title: 'New tenant' };

export async function NewTenantPage() {
  if (!(await pageContext(null)).userId) redirect('/sign-in?next=/new-tenant');
  return (
    <AuthPage
      title="Name your tenant"
      lead="Usually your company or your team. You can invite people as soon as it exists, and make others later."
    >
      <NewTenantForm gatewayUrl={portalEnv().gatewayUrl} />
    </AuthPage>
  );
}
