'use client';

import { Command } from 'cmdk';
import { Search } from 'lucide-react';
import { Dialog } from 'radix-ui';
import { type ReactNode, useState } from 'react';
import { useDialogFocus } from './dialog-focus.ts';
import { rankName } from './palette-rank.ts';

export interface PaletteItem {
  readonly id: string;
  readonly label: string;
  /** Other words it is found by. */
  readonly words?: string;
  /** Right of the label, in grey. */
  readonly note?: string;
  readonly icon?: ReactNode;
  readonly href: string;
}

export interface PaletteGroup {
  readonly label: string;
  readonly items: readonly PaletteItem[];
}

/** A box that opens anything by name. */
export function Palette({
  open,
  onOpenChange,
  placeholder,
  groups,
  onChoose,
}: {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  placeholder: string;
  groups: readonly PaletteGroup[];
  onChoose: (item: PaletteItem) => void;
}) {
  const focus = useDialogFocus();
  const [typed, setTyped] = useState('');
  const [marked, setMarked] = useState('');
  // Filtered here, so that what is loaded after the typing is found and marked as well.
  const found = groups
    .map((group) => ({ ...group, items: ranked(group.items, typed) }))
    .filter(({ items }) => items.length > 0)
    .sort((a, b) => (typed ? (b.items[0]?.rank ?? 0) - (a.items[0]?.rank ?? 0) : 0));
  const shown = found.flatMap(({ items }) => items.map(({ item }) => item.id));
  return (
    <Dialog.Root open={open} onOpenChange={onOpenChange}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 animate-fade bg-overlay" />
        <Dialog.Content
          aria-describedby={undefined}
          {...focus}
          className="fixed top-[12vh] left-1/2 z-40 w-[calc(100vw-2rem)] max-w-xl -translate-x-1/2 animate-fade overflow-hidden rounded-md border bg-surface shadow-float focus:outline-none"
        >
          <Dialog.Title className="sr-only">Search</Dialog.Title>
          <Command
            label="Search"
            loop
            shouldFilter={false}
            value={shown.includes(marked) ? marked : (shown[0] ?? '')}
            onValueChange={setMarked}
          >
            <div className="flex items-center gap-3 border-b px-4">
              <Search aria-hidden className="size-4 shrink-0 text-faint" />
              <Command.Input
                placeholder={placeholder}
                value={typed}
                onValueChange={(text) => {
                  setTyped(text);
                  setMarked('');
                }}
                className="h-12 w-full bg-transparent text-sm outline-none"
              />
            </div>
            <Command.List className="max-h-[50vh] overflow-y-auto p-2">
              <Command.Empty className="py-8 text-center text-muted text-sm">Nothing by that name.</Command.Empty>
              {found.map((group) => (
                <Command.Group
                  key={group.label}
                  heading={group.label}
                  className="[&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-faint [&_[cmdk-group-heading]]:text-xs"
                >
                  {group.items.map(({ item }) => (
                    <Command.Item
                      key={item.id}
                      value={item.id}
                      onSelect={() => {
                        onOpenChange(false);
                        onChoose(item);
                      }}
                      className="flex cursor-pointer items-center gap-3 rounded-sm px-2 py-2 text-sm data-[selected=true]:bg-hover [&_svg]:size-4 [&_svg]:shrink-0 [&_svg]:text-faint"
                    >
                      {item.icon}
                      <span className="min-w-0 flex-1 truncate">{item.label}</span>
                      {item.note && <span className="truncate text-faint text-xs">{item.note}</span>}
                    </Command.Item>
                  ))}
                </Command.Group>
              ))}
            </Command.List>
          </Command>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

/** The items that answer to what was typed, the best first. */
function ranked(items: readonly PaletteItem[], typed: string): { item: PaletteItem; rank: number }[] {
  return items
    .map((item) => ({ item, rank: rankName(typed, item.label, item.words) }))
    .filter(({ rank }) => rank > 0)
    .sort((a, b) => b.rank - a.rank);
}
