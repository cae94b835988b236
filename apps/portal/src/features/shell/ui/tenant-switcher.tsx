'use client';

import { Menu, MenuLabel, MenuLink, MenuSeparator } from '@parley/ui/menu';
import { ChevronsUpDown, Plus } from 'lucide-react';
import { useShell } from '@/shell/shell-context.tsx';
import { TenantMark } from './tenant-mark.tsx';

/** The open tenant; its menu leads to the others and to a new one. */
export function TenantSwitcher() {
  const { tenant, tenants } = useShell();
  return (
    <Menu
      align="start"
      className="w-64"
      trigger={
        <button type="button" className="flex w-full items-center gap-2.5 rounded-md p-1.5 text-left hover:bg-hover">
          <TenantMark tenant={tenant} />
          <span className="min-w-0 flex-1">
            <span className="block truncate font-medium text-sm leading-4">{tenant.name}</span>
            <span className="block truncate text-faint text-xs">{tenant.role.name}</span>
          </span>
          <ChevronsUpDown aria-hidden className="size-3.5 shrink-0 text-faint" />
          <span className="sr-only">Switch tenant</span>
        </button>
      }
    >
      <MenuLabel>Your tenants</MenuLabel>
      {tenants.map((one) => (
        <MenuLink
          key={one.id}
          href={`/t/${one.slug}/home`}
          icon={<TenantMark tenant={one} small />}
          checked={one.id === tenant.id}
        >
          {one.name}
        </MenuLink>
      ))}
      <MenuSeparator />
      <MenuLink href="/new-tenant" icon={<Plus aria-hidden />}>
        New tenant
      </MenuLink>
    </Menu>
  );
}
