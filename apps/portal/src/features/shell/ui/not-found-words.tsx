import type { ReactNode } from 'react';

/** Says that there is nothing at an address, with ways on. */
export function NotFoundWords({ children }: { children: ReactNode }) {
  return (
    <>
      <div>
        <h1 className="font-semibold text-xl tracking-tight">There is nothing at this address</h1>
        <p className="mt-2 text-base text-muted">
          It may have been moved or deleted, or it belongs to a tenant that you are not a member of.
        </p>
      </div>
      <div className="flex flex-wrap gap-2">{children}</div>
    </>
  );
}
