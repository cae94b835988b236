import { CopyButton } from '@parley/ui/copy-button';
import { TooltipProvider } from '@parley/ui/tooltip';
import type { ReactNode } from 'react';

/** What a page says in place of what it could not show: that it is our fault, what to do, and a number to name. */
export function ErrorWords({ digest, children }: { digest: string | undefined; children: ReactNode }) {
  return (
    <div
      role="alert"
      className="mx-auto flex min-h-[60dvh] w-full max-w-md flex-col items-start justify-center gap-5 px-4"
    >
      <div>
        <h1 className="font-semibold text-xl tracking-tight">This page could not be shown</h1>
        <p className="mt-2 text-base text-muted">
          Something went wrong on our side, and nothing of yours was changed by it. Try again in a moment.
        </p>
        {digest && (
          <p className="mt-3 flex flex-wrap items-center gap-1 text-muted text-sm">
            If it stays, tell whoever runs this installation, and name
            <span className="inline-flex items-center">
              <code className="font-mono text-text text-xs">{digest}</code>
              {/* What failed may be what holds the application's providers. */}
              <TooltipProvider>
                <CopyButton text={digest} label="Copy the number" />
              </TooltipProvider>
            </span>
          </p>
        )}
      </div>
      <div className="flex flex-wrap gap-2">{children}</div>
    </div>
  );
}
