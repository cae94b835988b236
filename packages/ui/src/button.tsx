'use client';

import { clsx } from 'clsx';
import { LoaderCircle } from 'lucide-react';
import type { ComponentProps, ReactNode } from 'react';
import { Link } from './link.tsx';
import { Tooltip } from './tooltip.tsx';

type Variant = 'primary' | 'secondary' | 'ghost' | 'danger';
type Size = 'sm' | 'md' | 'lg';

const VARIANTS: Record<Variant, string> = {
  primary: 'bg-accent text-on-accent hover:bg-accent-hover',
  secondary: 'border bg-surface text-text hover:bg-hover',
  ghost: 'text-muted hover:bg-hover hover:text-text',
  danger: 'bg-danger text-on-danger hover:bg-danger-hover',
};

const SIZES: Record<Size, string> = {
  sm: 'h-7 gap-1.5 px-2.5 text-xs',
  md: 'h-9 gap-2 px-3.5 text-sm',
  lg: 'h-11 gap-2 px-5 text-base',
};

const BASE =
  'inline-flex shrink-0 select-none items-center justify-center rounded-md font-medium whitespace-nowrap transition-colors duration-100 disabled:opacity-55';

interface Look {
  readonly variant?: Variant;
  readonly size?: Size;
}

/** Classes of a button, for elements that only look like one. */
export function buttonClass({ variant = 'secondary', size = 'md' }: Look = {}): string {
  return clsx(BASE, VARIANTS[variant], SIZES[size]);
}

export interface ButtonProps extends ComponentProps<'button'>, Look {
  /** Shows that the act is under way and takes no second press. */
  readonly busy?: boolean;
  readonly icon?: ReactNode;
}

/** A button. `primary` at most once per view; `danger` only for acts whose consequence has just been named. */
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
  return (
    <button
      {...rest}
      type={type ?? 'button'}
      disabled={disabled || busy}
      aria-busy={busy || undefined}
      className={clsx(buttonClass({ ...(variant && { variant }), ...(size && { size }) }), className)}
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
}: Look & { href: string; icon?: ReactNode; children: ReactNode; className?: string }) {
  return (
    <Link href={href} className={clsx(buttonClass({ ...(variant && { variant }), ...(size && { size }) }), className)}>
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
  ...rest
}: ComponentProps<'button'> & { label: string; size?: 'sm' | 'md' }) {
  return (
    <Tooltip text={label}>
      <button
        {...rest}
        type={type ?? 'button'}
        aria-label={label}
        className={clsx(
          'inline-flex shrink-0 items-center justify-center rounded-md text-muted transition-colors duration-100 hover:bg-hover hover:text-text disabled:opacity-55',
          size === 'sm' ? 'size-7 [&_svg]:size-3.5' : 'size-9 [&_svg]:size-4',
          className,
        )}
      >
        {children}
      </button>
    </Tooltip>
  );
}
