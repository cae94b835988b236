import { buttonClass } from '@parley/ui/button-class';
import type { Metadata } from 'next';
import { Logo } from './logo.tsx';

export const notFoundMetadata: Metadata = { title: 'Not found' };

/** For an address that leads nowhere, or to a tenant that the reader does not belong to: both look the same. */
export function NotFoundPage() {
  return (
    <main className="mx-auto flex min-h-[70dvh] w-full max-w-md flex-col items-start justify-center gap-5 px-4">
      <Logo className="size-10" />
      <div>
        <h1 className="font-semibold text-xl tracking-tight">There is nothing at this address</h1>
        <p className="mt-2 text-base text-muted">
          It may have been moved or deleted, or it belongs to a tenant that you are not a member of.
        </p>
      </div>
      {/* Plain links: this page may stand outside of the application's providers. */}
      <div className="flex gap-2">
        <a href="/open" className={buttonClass({ variant: 'primary' })}>
          Open Parley
        </a>
        <a href="/" className={buttonClass()}>
          Front page
        </a>
      </div>
    </main>
  );
}
