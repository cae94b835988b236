import { clsx } from 'clsx';
import { ChevronRight } from 'lucide-react';
import type { ReactNode } from 'react';
import { Link } from './link.tsx';

export interface Crumb {
  readonly label: string;
  readonly href: string;
}

/** Width and padding of a page. `narrow` for forms and reading. */
export function Page({ narrow, children }: { narrow?: boolean; children: ReactNode }) {
  return (
    <div
      className={clsx(
        'mx-auto flex w-full flex-col gap-6 px-4 py-6 md:px-8 md:py-8',
        narrow ? 'max-w-3xl' : 'max-w-6xl',
      )}
    >
      {children}
    </div>
  );
}

/** The name of a page, one sentence about it, and its acts. */
export function PageHeader({
  title,
  description,
  crumbs,
  badge,
  actions,
}: {
  title: ReactNode;
  description?: ReactNode;
  crumbs?: readonly Crumb[];
  badge?: ReactNode;
  actions?: ReactNode;
}) {
  return (
    <header className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
      <div className="min-w-0">
        {crumbs && crumbs.length > 0 && (
          <nav aria-label="Breadcrumb" className="mb-1.5 flex flex-wrap items-center gap-1 text-faint text-xs">
            {crumbs.map((crumb) => (
              <span key={crumb.href} className="flex items-center gap-1">
                <Link href={crumb.href} className="hover:text-text">
                  {crumb.label}
                </Link>
                <ChevronRight aria-hidden className="size-3" />
              </span>
            ))}
          </nav>
        )}
        <div className="flex flex-wrap items-center gap-3">
          <h1 className="min-w-0 break-words font-semibold text-lg tracking-tight">{title}</h1>
          {badge}
        </div>
        {description && <p className="mt-1 max-w-2xl text-muted text-sm">{description}</p>}
      </div>
      {actions && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
    </header>
  );
}

/** A part of a page under its own heading. */
export function Section({
  id,
  title,
  description,
  actions,
  children,
}: {
  /** Makes it a place that `SectionNav` leads to. */
  id?: string;
  title: ReactNode;
  description?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}) {
  return (
    <section
      {...(id ? { id, tabIndex: -1 } : {})}
      className="flex min-w-0 scroll-mt-28 flex-col gap-3 focus:outline-none md:scroll-mt-16"
    >
      <div className="flex flex-wrap items-end justify-between gap-3">
        <div className="min-w-0">
          <h2 className="font-semibold text-base">{title}</h2>
          {description && <p className="text-muted text-sm">{description}</p>}
        </div>
        {actions && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
      </div>
      {children}
    </section>
  );
}

/** Words that stand above a page's content: something to know or to do first. */
export function Notice({
  tone = 'info',
  title,
  children,
}: {
  tone?: 'info' | 'warning' | 'danger' | 'success';
  title?: ReactNode;
  children?: ReactNode;
}) {
  return (
    <div
      role={tone === 'danger' ? 'alert' : 'status'}
      className={clsx('rounded-md px-4 py-3 text-sm', {
        'bg-info-soft text-info-text': tone === 'info',
        'bg-warning-soft text-warning-text': tone === 'warning',
        'bg-danger-soft text-danger-text': tone === 'danger',
        'bg-success-soft text-success-text': tone === 'success',
      })}
    >
      {title && <p className="font-medium">{title}</p>}
      {children && <div className={title ? 'mt-0.5' : ''}>{children}</div>}
    </div>
  );
}
