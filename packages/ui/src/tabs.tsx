'use client';

import { Tabs as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { useUrlState } from './url-state.tsx';

export interface Tab {
  readonly value: string;
  readonly label: ReactNode;
  /** A number in grey after the label. */
  readonly count?: number | undefined;
  readonly content: ReactNode;
}

/** Views of one thing. The open one is kept in the URL under `name`. */
export function Tabs({ tabs, name = 'tab', label }: { tabs: readonly Tab[]; name?: string; label: string }) {
  const [open, setOpen] = useUrlState(name, tabs[0]?.value ?? '');
  const value = tabs.some((tab) => tab.value === open) ? open : (tabs[0]?.value ?? '');
  return (
    <Radix.Root value={value} onValueChange={setOpen}>
      <Radix.List aria-label={label} className="-mx-4 flex gap-5 overflow-x-auto border-b px-4 md:mx-0 md:px-0">
        {tabs.map((tab) => (
          <Radix.Trigger
            key={tab.value}
            value={tab.value}
            className="-mb-px flex items-center gap-1.5 whitespace-nowrap border-transparent border-b-2 py-2.5 font-medium text-muted text-sm hover:text-text data-[state=active]:border-accent data-[state=active]:text-text"
          >
            {tab.label}
            {tab.count !== undefined && (
              <span className="font-normal text-faint text-xs tabular-nums">{tab.count}</span>
            )}
          </Radix.Trigger>
        ))}
      </Radix.List>
      {tabs.map((tab) => (
        <Radix.Content key={tab.value} value={tab.value} className="pt-6 focus-visible:outline-none">
          {tab.content}
        </Radix.Content>
      ))}
    </Radix.Root>
  );
}
