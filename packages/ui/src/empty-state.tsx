import type { ReactNode } from 'react';

/** What stands where a list would: one sentence, one act. */
export function EmptyState({
  icon,
  title,
  children,
  action,
}: {
  icon?: ReactNode;
  title: ReactNode;
  children?: ReactNode;
  action?: ReactNode;
}) {
  return (
    <div className="flex flex-col items-center gap-3 rounded-md border border-dashed px-6 py-12 text-center">
      {icon && (
        <span className="flex size-10 items-center justify-center rounded-full bg-hover text-muted [&_svg]:size-5">
          {icon}
        </span>
      )}
      <div className="max-w-md">
        <p className="font-medium text-sm">{title}</p>
        {children && <p className="mt-1 text-muted text-sm">{children}</p>}
      </div>
      {action}
    </div>
  );
}
