'use client';

import { IconButton } from '@parley/ui/button';
import { Sheet } from '@parley/ui/sheet';
import { Menu as MenuIcon } from 'lucide-react';
import { usePathname } from 'next/navigation';
import { lazy, type ReactNode, Suspense, useEffect, useState } from 'react';
import { rememberTenant } from '@/shell/last-tenant.ts';
import { useShell } from '@/shell/shell-context.tsx';
import { NotificationBell } from './notification-bell.tsx';
import { Rail } from './rail.tsx';

// Most visits never press ⌘K: what it needs is loaded by the first who does.
const CommandPalette = lazy(async () => ({ default: (await import('./command-palette.tsx')).CommandPalette }));

/** The rail beside the page; on a phone a bar above it and the rail in a drawer. */
export function AppFrame({ children }: { children: ReactNode }) {
  const { tenant } = useShell();
  const pathname = usePathname();
  // Remembers where it was opened: going somewhere closes the drawer.
  const [drawerAt, setDrawerAt] = useState<string | null>(null);
  const drawer = drawerAt === pathname;
  const setDrawer = (open: boolean): void => setDrawerAt(open ? pathname : null);
  const [palette, setPalette] = useState(false);
  useEffect(() => rememberTenant(tenant.slug), [tenant.slug]);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key.toLowerCase() !== 'k' || !(event.metaKey || event.ctrlKey)) return;
      event.preventDefault();
      setPalette(true);
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
  const search = (): void => {
    setDrawer(false);
    setPalette(true);
  };
  return (
    <div className="flex min-h-dvh flex-col md:flex-row">
      <a
        href="#main"
        className="sr-only focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-50 focus:rounded-sm focus:bg-accent focus:px-3 focus:py-2 focus:text-on-accent"
      >
        Skip to content
      </a>
      <aside className="sticky top-0 hidden h-dvh w-64 shrink-0 border-r bg-sunken md:block">
        <Rail onSearch={search} />
      </aside>
      <header className="sticky top-0 z-30 flex h-14 items-center gap-2 border-b bg-surface px-2 md:hidden">
        <IconButton label="Menu" onClick={() => setDrawer(true)}>
          <MenuIcon />
        </IconButton>
        <span className="min-w-0 flex-1 truncate font-medium">{tenant.name}</span>
        <NotificationBell />
      </header>
      <Sheet open={drawer} onOpenChange={setDrawer} title="Parley" side="left">
        <div className="-mx-5 -my-4 h-full">
          <Rail onSearch={search} />
        </div>
      </Sheet>
      <main id="main" tabIndex={-1} className="min-w-0 flex-1 focus:outline-none">
        {children}
      </main>
      {palette && (
        <Suspense>
          <CommandPalette open onOpenChange={setPalette} />
        </Suspense>
      )}
    </div>
  );
}
