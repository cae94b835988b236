'use client';

import { clsx } from 'clsx';
import { LoaderCircle } from 'lucide-react';
import type { ComponentProps, ReactNode } from 'react';
import { type ButtonLook, buttonClass } from './button-class.tsx';
import { Link } from './link.tsx';
import { Tooltip } from './tooltip.tsx';
import { useAwake } from './use-awake.tsx';

export interface ButtonProps extends ComponentProps<'button'>, ButtonLook {
  /** Shows that the act is under way and takes no second press. */
  readonly busy?: boolean;
  readonly icon?: ReactNode;
}

/** A button; takes presses once the page can answer them. `primary` at most once per view; `danger` only for acts whose consequence has just been named. */
export function Button({
  variant,
  size,
  busy = false,
  icon,
  className,
  children,
  disabled,
  type,
  ...rest
}: ButtonProps) {
  const awake = useAwake();
  return (
    <button
      {...rest}
      type={type ?? 'button'}
      disabled={disabled || busy || !awake}
      data-waking={awake || disabled ? undefined : ''}
      aria-busy={busy || undefined}
      className={clsx(buttonClass({ variant, size }), className)}
    >
      {busy ? <LoaderCircle aria-hidden className="size-4 animate-spin" /> : icon}
      {children}
    </button>
  );
}

/** A link that looks like a button. */
export function ButtonLink({
  href,
  icon,
  children,
  className,
  variant,
  size,
}: ButtonLook & { href: string; icon?: ReactNode; children: ReactNode; className?: string }) {
  return (
    <Link href={href} className={clsx(buttonClass({ variant, size }), className)}>
      {icon}
      {children}
    </Link>
  );
}

/** A square button of one icon; the label is its accessible name and tooltip. */
export function IconButton({
  label,
  children,
  className,
  size = 'md',
  type,
  disabled,
  ...rest
}: ComponentProps<'button'> & { label: string; size?: 'sm' | 'md' }) {
  const awake = useAwake();
  return (
    <Tooltip text={label}>
      <button
        {...rest}
        type={type ?? 'button'}
        disabled={disabled || !awake}
        data-waking={awake || disabled ? undefined : ''}
        aria-label={label}
        className={clsx(
          'inline-flex shrink-0 items-center justify-center rounded-md text-muted transition-colors duration-100 hover:bg-hover hover:text-text disabled:not-data-waking:opacity-55',
          size === 'sm' ? 'size-7 [&_svg]:size-3.5' : 'size-9 [&_svg]:size-4',
          className,
        )}
      >
        {children}
      </button>
    </Tooltip>
  );
}
