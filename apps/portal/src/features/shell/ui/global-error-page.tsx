'use client';

import '@/app/globals.css';
import { ErrorPage } from './error-page.tsx';

/** Stands in for the whole document when even the layout could not be made, such as while the database is away. */
export function GlobalErrorPage(props: Parameters<typeof ErrorPage>[0]) {
  return (
    <html lang="en">
      <body>
        <title>Not available · Parley</title>
        <main>
          <ErrorPage {...props} />
        </main>
      </body>
    </html>
  );
}
