/** Slug of the tenant that was open last, so that signing in leads back to it. */
export const LAST_TENANT_COOKIE = 'parley-tenant';

/** Remembers the open tenant for a year. */
export function rememberTenant(slug: string): void {
  document.cookie = `${LAST_TENANT_COOKIE}=${slug}; path=/; max-age=31536000; samesite=lax`;
}
