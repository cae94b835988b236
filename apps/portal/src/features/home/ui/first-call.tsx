'use client';

import { explainRefusal } from '@parley/contracts/refusal-explanations';
import { CodeBlock } from '@parley/ui/code-block';
import { RelativeTime } from '@parley/ui/format';
import { TextLink } from '@parley/ui/link';
import { Notice } from '@parley/ui/page';
import { useShell } from '@/shell/shell-context.tsx';
import type { Overview } from './overview.ts';
import { sampleSnippets } from './sample-snippets.ts';

/** The call to run, and what became of it: the page asks every few seconds. */
export function FirstCall({ setup, secret }: { setup: Overview['setup']; secret: string | null }) {
  const { href } = useShell();
  const { sample, lastRefusal, firstCallAt } = setup;
  if (!sample) {
    return <p className="text-muted text-sm">Subscribe to an API first; then the call to make stands here.</p>;
  }
  const refused = lastRefusal?.code ? explainRefusal(lastRefusal.code) : null;
  return (
    <div className="flex min-w-0 max-w-3xl flex-col gap-3">
      <CodeBlock title={sample.name} snippets={sampleSnippets(sample, secret)} />
      {!secret && !firstCallAt && (
        <p className="text-muted text-sm">
          Put your key in the place of YOUR_API_KEY. Lost it? Rotate it on the{' '}
          <TextLink href={href(setup.application ? `applications/${setup.application.slug}` : 'applications')}>
            application’s page
          </TextLink>
          .
        </p>
      )}
      {firstCallAt ? (
        <p className="text-success-text text-sm">
          Answered <RelativeTime at={firstCallAt} />.{' '}
          <TextLink href={href('requests')}>See it in the request log</TextLink>
        </p>
      ) : lastRefusal ? (
        <Notice
          tone="warning"
          title={`A call came, and was answered ${lastRefusal.status}: ${refused?.title ?? 'error'}`}
        >
          <p>{refused?.todo ?? 'The upstream itself answered this.'}</p>
          <p className="mt-1">
            <TextLink href={href(`requests/${lastRefusal.id}`)} className="text-current">
              Look at the call
            </TextLink>
          </p>
        </Notice>
      ) : (
        <p role="status" className="flex items-center gap-2 text-muted text-sm">
          <span aria-hidden className="size-2 animate-pulse rounded-full bg-accent" />
          Waiting for your first call…
        </p>
      )}
    </div>
  );
}
