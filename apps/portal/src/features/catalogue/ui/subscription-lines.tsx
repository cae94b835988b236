'use client';

import { StateBadge } from '@parley/ui/badge';
import { RelativeTime } from '@parley/ui/format';
import { TextLink } from '@parley/ui/link';
import type { CatalogueApi } from './api-view.tsx';
import type { Viewer } from './viewer.ts';

const LIVE = new Set(['requested', 'approved', 'suspended']);

/** How the reader's applications stand with this API: one line for each that holds it or waits for it. */
export function SubscriptionLines({ viewer, api }: { viewer: Viewer; api: CatalogueApi }) {
  const live = api.subscriptions.filter((one) => LIVE.has(one.state));
  if (live.length === 0) return null;
  return (
    <ul aria-label="Your subscriptions" className="divide-y rounded-md border bg-surface text-sm">
      {live.map((one) => (
        <li key={one.id} className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2.5">
          <StateBadge state={one.state} {...(one.state === 'approved' ? { label: 'Subscribed' } : {})} />
          <TextLink href={`/t/${viewer.tenant}/applications/${one.application.slug}`}>{one.application.name}</TextLink>
          <span className="text-muted">on the plan {one.plan.name}</span>
          <span className="text-faint text-xs">
            {one.state === 'requested' ? 'asked' : 'since'} <RelativeTime at={one.requestedAt} />
            {one.expiresAt && (
              <>
                , ends <RelativeTime at={one.expiresAt} />
              </>
            )}
          </span>
        </li>
      ))}
    </ul>
  );
}
