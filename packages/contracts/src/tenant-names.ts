import type { TenantSnapshot } from './snapshot.ts';

/** The name under which a host of its own leads to a tenant; no short name has an `@`. */
export const hostName = (host: string): string => `@${host}`;

/** Every name that leads to a tenant: in the index that the worker writes, and in a gateway's memory. */
export function namesOfTenant(doc: TenantSnapshot): string[] {
  return [doc.slug, ...(doc.hosts ?? []).map(({ host }) => hostName(host))];
}
