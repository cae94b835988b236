import { Badge, StateBadge } from '@parley/ui/badge';
import { Card } from '@parley/ui/card';
import { Link } from '@parley/ui/link';
import type { RouterOutputs } from '@/trpc/root.ts';
import { KIND_WORDS } from './kind-words.ts';
import { catalogueHref, type Viewer } from './viewer.ts';

/** One API in the catalogue: what it is, from whom, and how it stands with the reader's tenant. */
export function ApiCard({ api, viewer }: { api: RouterOutputs['catalogue']['list']['items'][number]; viewer: Viewer }) {
  return (
    <Card className="relative flex h-full flex-col gap-3 p-4 transition-colors duration-100 hover:border-line-strong">
      <div className="flex items-start justify-between gap-3">
        <div className="min-w-0">
          <h2 className="truncate font-semibold text-sm">
            <Link
              href={catalogueHref(viewer, `/${api.publisher.slug}/${api.slug}`)}
              className="after:absolute after:inset-0 after:rounded-md focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:outline-accent"
            >
              {api.name}
            </Link>
          </h2>
          <p className="truncate text-faint text-xs">
            {api.publisher.name} · {api.version}
          </p>
        </div>
        <Badge>{KIND_WORDS[api.kind].label}</Badge>
      </div>
      <p className="line-clamp-3 flex-1 text-muted text-sm">{api.summary || KIND_WORDS[api.kind].means}</p>
      <div className="flex flex-wrap items-center gap-1.5">
        {api.subscription ? (
          <StateBadge state={api.subscription} {...(api.subscription === 'approved' ? { label: 'Subscribed' } : {})} />
        ) : (
          api.openAccess && <Badge tone="accent">Access at once</Badge>
        )}
        {api.visibility !== 'public' && (
          <Badge>{api.visibility === 'team' ? 'Your team only' : 'Your tenant only'}</Badge>
        )}
        {api.category && <Badge>{api.category}</Badge>}
        {api.tags.slice(0, 3).map((tag) => (
          <span key={tag} className="text-faint text-xs">
            #{tag}
          </span>
        ))}
      </div>
    </Card>
  );
}
