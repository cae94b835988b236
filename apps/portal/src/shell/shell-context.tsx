'use client';

import type { Permission } from '@parley/domain/permissions';
import { createContext, type ReactNode, useContext, useMemo } from 'react';

export interface ShellTenant {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly timezone: string;
  readonly currency: string;
  readonly role: { readonly slug: string; readonly name: string };
}

export interface ShellPerson {
  readonly id: string;
  readonly name: string;
  readonly email: string;
}

interface ShellFacts {
  readonly person: ShellPerson;
  readonly tenant: ShellTenant;
  readonly tenants: readonly ShellTenant[];
  readonly permissions: readonly Permission[];
}

interface Shell extends Omit<ShellFacts, 'permissions'> {
  readonly permissions: ReadonlySet<Permission>;
  /** True when the person's role in the open tenant allows it. What it does not allow is left out, not greyed. */
  can(permission: Permission): boolean;
  /** A path within the open tenant: `href('apis')` → `/t/acme/apis`. */
  href(path: string): string;
}

const ShellContext = createContext<Shell | null>(null);

export function ShellProvider({ facts, children }: { facts: ShellFacts; children: ReactNode }) {
  const shell = useMemo<Shell>(() => {
    const permissions = new Set(facts.permissions);
    return {
      ...facts,
      permissions,
      can: (permission) => permissions.has(permission),
      href: (path) => `/t/${facts.tenant.slug}/${path}`,
    };
  }, [facts]);
  return <ShellContext value={shell}>{children}</ShellContext>;
}

/** The open tenant, the person, and what they may do. Only below the tenant layout. */
export function useShell(): Shell {
  const shell = useContext(ShellContext);
  if (!shell) throw new Error('useShell needs the tenant layout around it');
  return shell;
}
