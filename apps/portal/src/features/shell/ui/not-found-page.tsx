import { buttonClass } from '@parley/ui/button-class';
import type { Metadata } from 'next';
import { Logo } from './logo.tsx';
import { NotFoundWords } from './not-found-words.tsx';

export const notFoundMetadata: Metadata = { title: 'Not found' };

const CENTRED = 'mx-auto flex w-full max-w-md flex-col items-start justify-center gap-5 px-4';

/** For an address that leads nowhere, or to a tenant that the reader does not belong to: both look the same. */
export function NotFoundPage() {
  return (
    <main className={`${CENTRED} min-h-[70dvh]`}>
      <Logo className="size-10" />
      <NotFoundWords>
        {/* Plain links: this page may stand outside of the application's providers. */}
        <a href="/open" className={buttonClass({ variant: 'primary' })}>
          Open Parley
        </a>
        <a href="/" className={buttonClass()}>
          Front page
        </a>
      </NotFoundWords>
    </main>
  );
}

/** For what a page within the application looked for and did not find; the rail stays beside it. */
export function NotFoundHere() {
  return (
    <div className={`${CENTRED} min-h-[60dvh]`}>
      <NotFoundWords>
        <a href="/open" className={buttonClass({ variant: 'primary' })}>
          Home
        </a>
        <a href="/catalogue" className={buttonClass()}>
          Catalogue
        </a>
      </NotFoundWords>
    </div>
  );
}
