'use client';

import '@/app/globals.css';
import { Button } from '@parley/ui/button';
import { GeistMono } from 'geist/font/mono';
import { GeistSans } from 'geist/font/sans';
import type { Failed } from './error-page.tsx';
import { ErrorWords } from './error-words.tsx';
import { Logo } from './logo.tsx';
import { themeIn } from './theme.ts';

/** Stands in for the whole document when even the layout could not be made, such as while the database is away. */
export function GlobalErrorPage({ error }: Pick<Failed, 'error'>) {
  const theme = typeof document === 'undefined' ? undefined : themeIn(document.cookie);
  return (
    <html
      lang="en"
      data-theme={theme}
      className={`${GeistSans.variable} ${GeistMono.variable}`}
      suppressHydrationWarning
    >
      <body>
        <title>Not available · Parley</title>
        <main>
          <div className="mx-auto w-full max-w-md px-4 pt-10">
            <Logo className="size-10" />
          </div>
          <ErrorWords digest={error.digest}>
            <Button variant="primary" onClick={() => window.location.reload()}>
              Try again
            </Button>
          </ErrorWords>
        </main>
      </body>
    </html>
  );
}
