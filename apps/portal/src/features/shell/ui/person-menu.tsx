'use client';

import { Menu, MenuItem, MenuLabel, MenuLink, MenuSeparator } from '@parley/ui/menu';
import { ChevronsUpDown, LogOut, Monitor, Moon, Sun, UserRound } from 'lucide-react';
import { useState } from 'react';
import { endSession } from '@/auth/client.ts';
import { useShell } from '@/shell/shell-context.tsx';
import { applyTheme, readTheme, type Theme } from './theme.ts';

const THEMES = [
  { theme: 'light', label: 'Light', icon: Sun },
  { theme: 'dark', label: 'Dark', icon: Moon },
  { theme: 'system', label: 'As the system', icon: Monitor },
] as const;

/** Who is signed in: profile, theme, sign out. */
export function PersonMenu() {
  const { person, href } = useShell();
  const [theme, setTheme] = useState<Theme>('system');
  return (
    <Menu
      align="start"
      className="w-56"
      trigger={
        <button
          type="button"
          onPointerDown={() => setTheme(readTheme())}
          onKeyDown={() => setTheme(readTheme())}
          className="flex w-full items-center gap-2.5 rounded-md p-1.5 text-left hover:bg-hover"
        >
          <span
            aria-hidden
            className="flex size-7 shrink-0 items-center justify-center rounded-full bg-hover text-muted"
          >
            <UserRound className="size-4" />
          </span>
          <span className="min-w-0 flex-1">
            <span className="block truncate text-sm leading-4">{person.name}</span>
            <span className="block truncate text-faint text-xs">{person.email}</span>
          </span>
          <ChevronsUpDown aria-hidden className="size-3.5 shrink-0 text-faint" />
        </button>
      }
    >
      <MenuLink href={href('settings?tab=profile')} icon={<UserRound aria-hidden />}>
        Your profile
      </MenuLink>
      <MenuSeparator />
      <MenuLabel>Theme</MenuLabel>
      {THEMES.map(({ theme: option, label, icon: Icon }) => (
        <MenuItem
          key={option}
          icon={<Icon aria-hidden />}
          checked={theme === option}
          onSelect={() => {
            applyTheme(option);
            setTheme(option);
          }}
        >
          {label}
        </MenuItem>
      ))}
      <MenuSeparator />
      <MenuItem icon={<LogOut aria-hidden />} onSelect={() => void endSession()}>
        Sign out
      </MenuItem>
    </Menu>
  );
}
