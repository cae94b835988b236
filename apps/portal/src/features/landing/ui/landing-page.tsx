import { ButtonLink } from '@parley/ui/button';

/** What Parley is, in one screen. */
export function LandingPage() {
  return (
    <div className="mx-auto flex w-full max-w-6xl flex-col gap-8 px-4 py-20 md:px-8">
      <h1 className="max-w-3xl font-semibold text-2xl tracking-tight">
        Publish APIs and prompts. Know who calls them, and what it costs.
      </h1>
      <div className="flex gap-3">
        <ButtonLink href="/sign-up" variant="primary" size="lg">
          Sign up
        </ButtonLink>
      </div>
    </div>
  );
}
