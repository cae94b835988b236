'use client';

import { clsx } from 'clsx';
import { X } from 'lucide-react';
import { Dialog as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { IconButton } from './button.tsx';
import { useDialogFocus } from './dialog-focus.ts';

export interface SheetProps {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly title: ReactNode;
  readonly description?: ReactNode;
  readonly side?: 'left' | 'right';
  /** `full` for an editor with something beside it. */
  readonly wide?: boolean | 'full';
  readonly children: ReactNode;
  readonly footer?: ReactNode;
}

/** A drawer at the edge of the page: detail beside a list, or a form that needs room. */
export function Sheet({ open, onOpenChange, title, description, side = 'right', wide, children, footer }: SheetProps) {
  const focus = useDialogFocus();
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 animate-fade bg-overlay" />
        <Radix.Content
          {...(description ? {} : { 'aria-describedby': undefined })}
          {...focus}
          className={clsx(
            'fixed inset-y-0 z-40 flex w-full flex-col bg-surface shadow-float focus:outline-none',
            side === 'right' ? 'right-0 animate-slide border-l' : 'left-0 animate-fade border-r',
            side === 'left' ? 'max-w-72' : wide === 'full' ? 'max-w-6xl' : wide ? 'max-w-3xl' : 'max-w-lg',
          )}
        >
          <header className="flex items-start justify-between gap-4 border-b px-5 py-3.5">
            <div className="min-w-0">
              <Radix.Title className="truncate font-semibold text-base">{title}</Radix.Title>
              {description && <Radix.Description className="text-muted text-sm">{description}</Radix.Description>}
            </div>
            <Radix.Close asChild>
              <IconButton label="Close" size="sm">
                <X />
              </IconButton>
            </Radix.Close>
          </header>
          <div className="min-h-0 flex-1 overflow-y-auto px-5 py-4">{children}</div>
          {footer && <footer className="flex justify-end gap-2 border-t px-5 py-3">{footer}</footer>}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
