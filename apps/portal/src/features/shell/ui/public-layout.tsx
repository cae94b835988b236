import { ButtonLink } from '@parley/ui/button';
import { Link } from '@parley/ui/link';
import type { ReactNode } from 'react';
import { PortalClient } from '@/trpc/client.tsx';
import { pageContext } from '@/trpc/server.tsx';
import { Logo } from './logo.tsx';
import { Providers } from './providers.tsx';

/** Pages that need nobody signed in: a bar above, the page, a line beneath. */
export async function PublicLayout({ children }: { children: ReactNode }) {
  const { userId } = await pageContext(null);
  return (
    <PortalClient tenant={null}>
      <Providers>
        <div className="flex min-h-dvh flex-col">
          <header className="border-b">
            <div className="mx-auto flex h-14 w-full max-w-6xl items-center gap-2 px-4 md:px-8">
              <Link href="/" className="mr-auto flex items-center gap-2 font-semibold text-base">
                <Logo />
                Parley
              </Link>
              <ButtonLink href="/catalogue" variant="ghost">
                Catalogue
              </ButtonLink>
              {userId ? (
                <ButtonLink href="/open" variant="primary">
                  Open Parley
                </ButtonLink>
              ) : (
                <>
                  <ButtonLink href="/sign-in" variant="ghost">
                    Sign in
                  </ButtonLink>
                  <span className="max-sm:hidden">
                    <ButtonLink href="/sign-up" variant="primary">
                      Sign up
                    </ButtonLink>
                  </span>
                </>
              )}
            </div>
          </header>
          <main id="main" className="flex flex-1 flex-col">
            {children}
          </main>
          <footer className="border-t">
            <div className="mx-auto flex w-full max-w-6xl flex-wrap items-center gap-x-6 gap-y-2 px-4 py-6 text-faint text-sm md:px-8">
              <span className="mr-auto">Parley, free software under the Apache licence 2.0</span>
              <Link href="/catalogue" className="hover:text-text">
                Catalogue
              </Link>
              <Link href="/docs/errors" className="hover:text-text">
                Errors
              </Link>
            </div>
          </footer>
        </div>
      </Providers>
    </PortalClient>
  );
}
