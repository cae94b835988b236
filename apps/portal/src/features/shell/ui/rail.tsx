'use client';

import { Link } from '@parley/ui/link';
import { clsx } from 'clsx';
import { Search } from 'lucide-react';
import { usePathname } from 'next/navigation';
import { useShell } from '@/shell/shell-context.tsx';
import { NotificationBell } from './notification-bell.tsx';
import { pagesFor } from './pages.ts';
import { PersonMenu } from './person-menu.tsx';
import { TenantSwitcher } from './tenant-switcher.tsx';
import { WaitingCount } from './waiting-count.tsx';

/** Tenant, search, and the pages this person may open, in three groups. */
export function Rail({ onSearch }: { onSearch: () => void }) {
  const { permissions, href } = useShell();
  const pathname = usePathname();
  return (
    <div className="flex h-full flex-col">
      <div className="flex items-center gap-1 p-2">
        <div className="min-w-0 flex-1">
          <TenantSwitcher />
        </div>
        <span className="max-md:hidden">
          <NotificationBell />
        </span>
      </div>
      <div className="px-2 pb-2">
        <button
          type="button"
          onClick={onSearch}
          className="flex h-8 w-full items-center gap-2 rounded-md border bg-surface px-2.5 text-faint text-sm hover:text-text"
        >
          <Search aria-hidden className="size-3.5" />
          Search
          <kbd className="ml-auto font-sans text-xs">⌘K</kbd>
        </button>
      </div>
      <nav aria-label="Pages" className="min-h-0 flex-1 overflow-y-auto px-2 pb-4">
        {pagesFor(permissions).map((group) => (
          <div key={group.label} className="pt-3">
            <h2 className="px-2.5 pb-1 text-faint text-xs">{group.label}</h2>
            <ul className="flex flex-col gap-px">
              {group.pages.map(({ path, label, icon: Icon }) => {
                const target = href(path);
                const here = pathname === target || pathname.startsWith(`${target}/`);
                return (
                  <li key={path}>
                    <Link
                      href={target}
                      {...(here ? { 'aria-current': 'page' as const } : {})}
                      className={clsx(
                        'flex h-8 items-center gap-2.5 rounded-md px-2.5 text-sm transition-colors duration-100',
                        here
                          ? 'bg-accent-soft font-medium text-accent-text'
                          : 'text-muted hover:bg-hover hover:text-text',
                      )}
                    >
                      <Icon aria-hidden className="size-4 shrink-0" />
                      {label}
                      {path === 'approvals' && <WaitingCount here={here} />}
                    </Link>
                  </li>
                );
              })}
            </ul>
          </div>
        ))}
      </nav>
      <div className="border-t p-2">
        <PersonMenu />
      </div>
    </div>
  );
}
