import { ButtonLink } from '@parley/ui/button';
import { CodeBlock } from '@parley/ui/code-block';
import { Flow } from './flow.tsx';
import { PROMISES } from './promises.ts';
import { ENDPOINT_SNIPPETS } from './snippets.ts';

/** What Parley is, for somebody who has never heard of it. */
export function LandingPage() {
  return (
    <>
      <section className="mx-auto grid w-full max-w-6xl items-center gap-12 px-4 py-16 md:px-8 md:py-24 lg:grid-cols-[1.1fr_1fr]">
        <div className="flex min-w-0 flex-col items-start gap-6">
          <h1 className="text-balance font-semibold text-2xl tracking-tight">
            Publish APIs and prompts. Know who calls them, and what each call costs.
          </h1>
          <p className="max-w-xl text-lg text-muted">
            Parley is a developer portal and a gateway in one. Turn a prompt or a service into an endpoint, let other
            teams subscribe to it, and see every request, token and cent.
          </p>
          <div className="flex flex-wrap gap-3">
            <ButtonLink href="/sign-up" variant="primary" size="lg">
              Sign up
            </ButtonLink>
            <ButtonLink href="/catalogue" size="lg">
              Browse the catalogue
            </ButtonLink>
          </div>
          <p className="text-faint text-sm">Runs on your own machines. No card, no telemetry, no call home.</p>
        </div>
        <Flow />
      </section>
      <section className="border-y bg-sunken">
        <div className="mx-auto grid w-full max-w-6xl items-center gap-10 px-4 py-16 md:px-8 lg:grid-cols-2">
          <div className="flex flex-col gap-4">
            <h2 className="font-semibold text-xl tracking-tight">A prompt is an endpoint</h2>
            <p className="text-base text-muted">
              Write it once, with typed variables and a schema for the answer. Publish a version, and whoever is let in
              calls it like any API: wrong input is refused beside the field it is in, and what it costs is counted to
              the nano-unit.
            </p>
            <p className="text-base text-muted">
              Clients that speak the OpenAI protocol change two lines, base URL and key, and go on as before.
            </p>
          </div>
          <CodeBlock snippets={ENDPOINT_SNIPPETS} title="Call a prompt" />
        </div>
      </section>
      <section className="mx-auto w-full max-w-6xl px-4 py-16 md:px-8 md:py-20">
        <h2 className="max-w-2xl text-balance font-semibold text-xl tracking-tight">
          Everything between an API and the people who use it
        </h2>
        <div className="mt-10 grid gap-x-10 gap-y-10 sm:grid-cols-2 lg:grid-cols-3">
          {PROMISES.map(({ icon: Icon, title, text }) => (
            <div key={title}>
              <Icon aria-hidden className="size-5 text-accent-text" />
              <h3 className="mt-3 font-semibold text-base">{title}</h3>
              <p className="mt-1 text-base text-muted">{text}</p>
            </div>
          ))}
        </div>
      </section>
      <section className="border-t">
        <div className="mx-auto flex w-full max-w-6xl flex-wrap items-center justify-between gap-6 px-4 py-14 md:px-8">
          <h2 className="font-semibold text-xl tracking-tight">Your first endpoint is five minutes away.</h2>
          <ButtonLink href="/sign-up" variant="primary" size="lg">
            Create your account
          </ButtonLink>
        </div>
      </section>
    </>
  );
}
