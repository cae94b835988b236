'use client';

import { clsx } from 'clsx';
import { Check } from 'lucide-react';
import { DropdownMenu as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { Link } from './link.tsx';

/** A list of acts that a button opens. `trigger` is one element that takes a ref. */
export function Menu({
  trigger,
  align = 'end',
  children,
  className,
}: {
  trigger: ReactNode;
  align?: 'start' | 'end';
  children: ReactNode;
  className?: string;
}) {
  return (
    <Radix.Root modal={false}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          align={align}
          sideOffset={4}
          collisionPadding={8}
          className={clsx(
            'z-50 max-h-(--radix-dropdown-menu-content-available-height) min-w-44 animate-fade overflow-y-auto rounded-md border bg-surface p-1 shadow-float',
            className,
          )}
        >
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

const ITEM =
  'flex w-full select-none items-center gap-2 rounded-sm px-2 py-1.5 text-sm outline-none data-[highlighted]:bg-hover data-[disabled]:opacity-50 [&_svg]:size-4 [&_svg]:shrink-0 [&_svg]:text-faint';

export function MenuItem({
  onSelect,
  icon,
  danger,
  disabled,
  checked,
  children,
}: {
  onSelect: () => void;
  icon?: ReactNode;
  danger?: boolean;
  disabled?: boolean;
  /** Shows a tick when true, room for one when false. */
  checked?: boolean;
  children: ReactNode;
}) {
  return (
    <Radix.Item
      disabled={disabled ?? false}
      onSelect={onSelect}
      className={clsx(ITEM, 'cursor-pointer', danger && 'text-danger-text [&_svg]:text-current')}
    >
      {icon}
      <span className="min-w-0 flex-1 truncate">{children}</span>
      {checked && <Check aria-label="chosen" />}
    </Radix.Item>
  );
}

export function MenuLink({
  href,
  icon,
  checked,
  children,
}: {
  href: string;
  icon?: ReactNode;
  checked?: boolean;
  children: ReactNode;
}) {
  return (
    <Radix.Item asChild>
      <Link href={href} className={ITEM}>
        {icon}
        <span className="min-w-0 flex-1 truncate">{children}</span>
        {checked && <Check aria-label="chosen" />}
      </Link>
    </Radix.Item>
  );
}

export function MenuLabel({ children }: { children: ReactNode }) {
  return <Radix.Label className="px-2 py-1.5 text-faint text-xs">{children}</Radix.Label>;
}

export function MenuSeparator() {
  return <Radix.Separator className="-mx-1 my-1 h-px bg-line" />;
}
