'use client';

import { Button, ButtonLink } from '@parley/ui/button';
import { Menu, MenuLabel, MenuLink } from '@parley/ui/menu';
import { usePathname } from 'next/navigation';
import { useState } from 'react';
import type { CatalogueApi } from './api-view.tsx';
import { SubscribeDialog } from './subscribe-dialog.tsx';
import type { Viewer } from './viewer.ts';

/** The one button of the page. A visitor signs in first; a person on the public page picks the tenant to go on in. */
export function SubscribeButton({ viewer, api }: { viewer: Viewer; api: CatalogueApi }) {
  const [open, setOpen] = useState(false);
  const pathname = usePathname();
  const inTenant = (slug: string) => `/t/${slug}/catalogue/${api.publisher.slug}/${api.slug}`;
  if (api.plans.length === 0) return null;
  if (!viewer.signedIn) {
    return (
      <ButtonLink href={`/sign-in?next=${encodeURIComponent(pathname)}`} variant="primary">
        Sign in to subscribe
      </ButtonLink>
    );
  }
  if (viewer.tenant === null) {
    const [first, ...others] = viewer.tenants;
    if (!first) {
      return (
        <ButtonLink href="/new-tenant" variant="primary">
          Make a tenant to subscribe
        </ButtonLink>
      );
    }
    if (others.length === 0) {
      return (
        <ButtonLink href={inTenant(first.slug)} variant="primary">
          Subscribe as {first.name}
        </ButtonLink>
      );
    }
    return (
      <Menu trigger={<Button variant="primary">Subscribe</Button>}>
        <MenuLabel>For which tenant?</MenuLabel>
        {viewer.tenants.map((tenant) => (
          <MenuLink key={tenant.slug} href={inTenant(tenant.slug)}>
            {tenant.name}
          </MenuLink>
        ))}
      </Menu>
    );
  }
  if (!viewer.maySubscribe) return null;
  return (
    <>
      <Button variant="primary" onClick={() => setOpen(true)}>
        Subscribe
      </Button>
      {open && <SubscribeDialog tenant={viewer.tenant} api={api} onClose={() => setOpen(false)} />}
    </>
  );
}
