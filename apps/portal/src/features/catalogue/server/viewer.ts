import type { Context } from '@parley/services/context';
import { listTenants } from '@parley/services/tenants/list';
import type { Viewer } from '../ui/viewer.ts';

/** Describes whoever asks for a catalogue page. */
export async function viewerOf(context: Context, tenant: string | null): Promise<Viewer> {
  const tenants = context.userId && tenant === null ? (await listTenants(context, {})).items : [];
  return {
    signedIn: context.userId !== null,
    tenant,
    tenants: tenants.map(({ slug, name }) => ({ slug, name })),
    maySubscribe: tenant !== null && context.permissions.has('applications.write'),
    mayMakeKeys: tenant !== null && context.permissions.has('keys.write'),
    mayPublish: tenant !== null && context.permissions.has('apis.write'),
  };
}
