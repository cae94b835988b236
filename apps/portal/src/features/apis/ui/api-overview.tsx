'use client';

import { StateBadge } from '@parley/ui/badge';
import { Stat } from '@parley/ui/card';
import { CodeBlock } from '@parley/ui/code-block';
import { CopyButton } from '@parley/ui/copy-button';
import { RelativeTime } from '@parley/ui/format';
import { TextLink } from '@parley/ui/link';
import { Markdown } from '@parley/ui/markdown';
import { Notice, Section } from '@parley/ui/page';
import { SkeletonRows } from '@parley/ui/skeleton';
import { useQuery } from '@tanstack/react-query';
import { useShell } from '@/shell/shell-context.tsx';
import { useTRPC } from '@/trpc/client.tsx';
import { curlFor } from './curl.ts';
import type { Api } from './types.ts';
import { VISIBILITY } from './words.ts';

/** Where the API answers, who may find it, and what is still missing before it can be called. */
export function ApiOverview({ api }: { api: Api }) {
  const trpc = useTRPC();
  const { href, can } = useShell();
  const versions = useQuery(trpc.apis.versions.queryOptions({ api: api.slug }));
  const items = versions.data?.items;
  const served = items?.filter(({ state }) => state === 'published' || state === 'deprecated') ?? [];
  const [next] = items?.filter(({ state }) => state === 'draft' || state === 'review') ?? [];
  const example = served[0] ?? next;
  const behind = example?.definition?.kind === 'prompt' ? example.definition : null;
  // The page of versions that begins with the one that is served.
  const prompt = useQuery(
    trpc.apis.promptVersions.queryOptions(
      { prompt: behind?.prompt ?? '', cursor: String((behind?.promptVersion ?? 0) + 1), limit: 1 },
      { enabled: behind !== null && can('prompts.read') },
    ),
  );
  const curl = example ? curlFor(example, prompt.data?.items[0]?.definition ?? null) : null;
  return (
    <div className="flex flex-col gap-6">
      {items && served.length === 0 && (
        <Notice tone="info" title="Nobody can call this API yet">
          {next ? (
            next.blockers.length === 0 ? (
              <>
                {next.version} is ready. <TextLink href={href(`apis/${api.slug}?tab=versions`)}>Publish it</TextLink>.
              </>
            ) : (
              <ul className="list-inside list-disc">
                {next.blockers.map(({ path, message }) => (
                  <li key={path + message}>
                    {message}{' '}
                    <TextLink href={href(blockerPage(api.slug, path))}>
                      {path === 'models' ? 'Models' : path === 'plans' ? 'Plans' : 'Versions'}
                    </TextLink>
                  </li>
                ))}
              </ul>
            )
          ) : (
            <TextLink href={href(`apis/${api.slug}?tab=versions`)}>Add a version</TextLink>
          )}
        </Notice>
      )}
      <div className="grid gap-3 sm:grid-cols-2 lg:grid-cols-4">
        <Stat label="Found by" value={api.team ? `Team ${api.team}` : VISIBILITY[api.visibility].label} />
        <Stat label="Subscribers" value={api.subscriberCount} note="in force, waiting or suspended" />
        <Stat label="Plans on offer" value={api.planCount} />
        <Stat label="First published" value={<RelativeTime at={api.publishedAt} fallback="not yet" />} />
      </div>
      <Section title="Addresses">
        {items ? (
          served.length > 0 ? (
            <ul className="flex flex-col divide-y rounded-md border bg-surface">
              {served.map((version) => (
                <li key={version.id} className="flex flex-wrap items-center gap-3 py-1.5 pr-1.5 pl-3">
                  <span className="font-mono text-sm">{version.version}</span>
                  <StateBadge state={version.state} />
                  <code className="min-w-0 flex-1 break-all font-mono text-muted text-xs">{version.url}</code>
                  <CopyButton text={version.url} label={`Copy the address of ${version.version}`} />
                </li>
              ))}
            </ul>
          ) : (
            <p className="text-muted text-sm">None yet: an address answers from its publication on.</p>
          )
        ) : (
          <SkeletonRows rows={2} />
        )}
        {curl && <CodeBlock title="An example call" snippets={[{ label: 'curl', code: curl }]} />}
      </Section>
      {api.description && (
        <Section title="Description">
          <Markdown text={api.description} />
        </Section>
      )}
    </div>
  );
}

function blockerPage(api: string, path: string): string {
  if (path === 'models') return 'models';
  return `apis/${api}?tab=${path === 'plans' ? 'plans' : 'versions'}`;
}
