'use client';

import { Button } from '@parley/ui/button';

/** Something failed while a page was made. What was typed elsewhere is not lost by trying again. */
export function ErrorPage({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <div
      role="alert"
      className="mx-auto flex min-h-[60dvh] w-full max-w-md flex-col items-start justify-center gap-5 px-4"
    >
      <div>
        <h1 className="font-semibold text-xl tracking-tight">This page could not be shown</h1>
        <p className="mt-2 text-base text-muted">
          Something went wrong on our side. Try again; if it stays, tell whoever runs this installation
          {error.digest ? (
            <>
              {' '}
              and name <code className="font-mono text-sm">{error.digest}</code>
            </>
          ) : null}
          .
        </p>
      </div>
      <Button variant="primary" onClick={reset}>
        Try again
      </Button>
    </div>
  );
}
