'use client';

import { Command } from 'cmdk';
import { Search } from 'lucide-react';
import type { ReactNode } from 'react';
import { useState } from 'react';
import { Dialog } from './dialog.tsx';

export interface ChooserItem {
  readonly id: string;
  readonly label: string;
  /** What it is for, in one sentence; searched as well. */
  readonly hint: string;
  /** Right of the label, such as that it is chosen already. */
  readonly note?: ReactNode;
}

export interface ChooserGroup {
  readonly label: string;
  readonly items: readonly ChooserItem[];
}

/** Choosing one of many things that need a sentence each, in groups and with a search. */
export function Chooser({
  title,
  description,
  placeholder,
  groups,
  onChoose,
  onClose,
}: {
  title: string;
  description?: string;
  placeholder: string;
  groups: readonly ChooserGroup[];
  onChoose: (id: string) => void;
  onClose: () => void;
}) {
  const [typed, setTyped] = useState('');
  const [marked, setMarked] = useState('');
  const words = typed.toLowerCase().split(/\s+/);
  const found = groups
    .map(({ label, items }) => ({ label, items: items.filter((item) => fits(item, label, words)) }))
    .filter(({ items }) => items.length > 0);
  const shown = found.flatMap(({ items }) => items.map(({ id }) => id));
  return (
    <Dialog open onOpenChange={onClose} title={title} description={description} size="lg">
      <Command
        label={title}
        loop
        shouldFilter={false}
        value={shown.includes(marked) ? marked : (shown[0] ?? '')}
        onValueChange={setMarked}
        className="flex min-h-0 flex-col gap-2"
      >
        <div className="flex items-center gap-3 rounded-md border border-line-strong/60 px-3 focus-within:border-accent">
          <Search aria-hidden className="size-4 shrink-0 text-faint" />
          <Command.Input
            placeholder={placeholder}
            value={typed}
            onValueChange={(text) => {
              setTyped(text);
              setMarked('');
            }}
            className="h-9 w-full bg-transparent text-sm outline-none"
          />
        </div>
        {/* As high as its whole list, so that typing does not move it. */}
        <Command.List className="h-[min(30rem,55dvh)] overflow-y-auto">
          <Command.Empty className="py-8 text-center text-muted text-sm">Nothing by that name.</Command.Empty>
          {found.map(({ label, items }) => (
            <Command.Group
              key={label}
              heading={label}
              className="[&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:pt-3 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-faint [&_[cmdk-group-heading]]:text-xs"
            >
              {items.map((item) => (
                <Command.Item
                  key={item.id}
                  value={item.id}
                  onSelect={() => onChoose(item.id)}
                  className="flex cursor-pointer items-start justify-between gap-3 rounded-sm px-2 py-2 data-[selected=true]:bg-hover"
                >
                  <span className="min-w-0">
                    <span className="block font-medium text-sm">{item.label}</span>
                    <span className="block text-muted text-xs">{item.hint}</span>
                  </span>
                  {item.note && <span className="shrink-0">{item.note}</span>}
                </Command.Item>
              ))}
            </Command.Group>
          ))}
        </Command.List>
      </Command>
    </Dialog>
  );
}

function fits({ label, hint }: ChooserItem, group: string, words: readonly string[]): boolean {
  const text = `${label} ${hint} ${group}`.toLowerCase();
  return words.every((word) => text.includes(word));
}
