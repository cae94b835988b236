import { listTenants } from '@parley/services/tenants/list';
import { cookies } from 'next/headers';
import { redirect } from 'next/navigation';
import { LAST_TENANT_COOKIE } from '@/shell/last-tenant.ts';
import { pageContext } from '@/trpc/server.tsx';

/** Opens the tenant that was open last, or the first, or the way to make one. */
export async function OpenPage(): Promise<never> {
  const context = await pageContext(null);
  if (!context.userId) redirect('/sign-in');
  const { items } = await listTenants(context, {});
  const last = (await cookies()).get(LAST_TENANT_COOKIE)?.value;
  const tenant = items.find((one) => one.slug === last) ?? items[0];
  redirect(tenant ? `/t/${tenant.slug}/home` : '/new-tenant');
}
