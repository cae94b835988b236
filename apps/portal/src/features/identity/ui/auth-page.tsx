import type { ReactNode } from 'react';

/** A short form in the middle of a public page. */
export function AuthPage({
  title,
  lead,
  children,
  beneath,
}: {
  title: string;
  lead?: ReactNode;
  children?: ReactNode;
  beneath?: ReactNode;
}) {
  return (
    <div className="mx-auto flex w-full max-w-md flex-col gap-6 px-4 py-12 md:py-20">
      <div>
        <h1 className="font-semibold text-xl tracking-tight">{title}</h1>
        {lead && <p className="mt-2 text-base text-muted">{lead}</p>}
      </div>
      {children}
      {beneath && <p className="text-muted text-sm">{beneath}</p>}
    </div>
  );
}
