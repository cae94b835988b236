import { clsx } from 'clsx';

/** A tenant's initial on a square, so that it is told apart at a glance. */
export function TenantMark({ tenant, small }: { tenant: { name: string }; small?: boolean }) {
  return (
    <span
      aria-hidden
      className={clsx(
        'flex shrink-0 items-center justify-center rounded-sm bg-accent font-semibold text-on-accent',
        small ? 'size-5 text-xs' : 'size-7 text-sm',
      )}
    >
      {Array.from(tenant.name).at(0)?.toUpperCase()}
    </span>
  );
}
