import { clsx } from 'clsx';
import type { ReactNode } from 'react';

/** A surface with one hairline border. */
export function Card({ className, children }: { className?: string; children: ReactNode }) {
  return <div className={clsx('rounded-md border bg-surface', className)}>{children}</div>;
}

/** A card with a heading, an act at its right, and padded content, if there is any. */
export function TitledCard({
  title,
  description,
  action,
  footer,
  className,
  children,
}: {
  title: ReactNode;
  description?: ReactNode;
  action?: ReactNode;
  footer?: ReactNode;
  className?: string;
  children?: ReactNode;
}) {
  return (
    <Card className={className ?? ''}>
      <div className={clsx('flex flex-wrap items-start justify-between gap-3 px-5 pt-4', !children && 'pb-4')}>
        <div className="min-w-0">
          <h2 className="font-semibold text-sm">{title}</h2>
          {description && <p className="mt-0.5 text-muted text-sm">{description}</p>}
        </div>
        {action}
      </div>
      {children && <div className="px-5 py-4">{children}</div>}
      {footer && (
        <div className="flex flex-wrap items-center justify-end gap-3 border-t bg-sunken px-5 py-3">{footer}</div>
      )}
    </Card>
  );
}

/** One figure with its name and what it is compared with. */
export function Stat({
  label,
  value,
  note,
  className,
}: {
  label: ReactNode;
  value: ReactNode;
  note?: ReactNode;
  className?: string;
}) {
  return (
    <Card className={clsx('px-4 py-3', className)}>
      <div className="text-muted text-xs">{label}</div>
      <div className="mt-1 font-semibold text-lg tabular-nums">{value}</div>
      {note && <div className="mt-0.5 text-faint text-xs">{note}</div>}
    </Card>
  );
}
