import { StateBadge } from '@parley/ui/badge';
import { Button } from '@parley/ui/button';
import { Card } from '@parley/ui/card';
import { CopyButton } from '@parley/ui/copy-button';
import { RelativeTime } from '@parley/ui/format';
import { Markdown } from '@parley/ui/markdown';
import type { CatalogueApi } from './api-view.tsx';

/** Every version, newest first, with where to call it, until when, and what changed. */
export function VersionList({
  api,
  shown,
  onShow,
}: {
  api: CatalogueApi;
  shown: string;
  onShow: (version: string) => void;
}) {
  return (
    <ol aria-label="Versions" className="flex flex-col gap-3">
      {api.versions.map((version) => (
        <li key={version.version}>
          <Card className="flex flex-col gap-2 p-4">
            <div className="flex flex-wrap items-center gap-3">
              <h3 className="font-semibold text-sm">{version.version}</h3>
              <StateBadge state={version.state} />
              <span className="text-faint text-xs">
                published <RelativeTime at={version.publishedAt} fallback="before records" />
                {version.sunsetAt && version.state === 'deprecated' && (
                  <>
                    , stops answering <RelativeTime at={version.sunsetAt} />
                  </>
                )}
                {version.retiredAt && (
                  <>
                    , retired <RelativeTime at={version.retiredAt} />
                  </>
                )}
              </span>
              {version.version === shown ? (
                <span className="ml-auto text-faint text-xs">shown on this page</span>
              ) : (
                <Button size="sm" className="ml-auto" onClick={() => onShow(version.version)}>
                  Show this version
                </Button>
              )}
            </div>
            <p className="flex min-w-0 items-center gap-1">
              <code className="min-w-0 break-all font-mono text-muted text-xs">{version.baseUrl}</code>
              <CopyButton text={version.baseUrl} label="Copy the address" />
            </p>
            {version.changelog && <Markdown text={version.changelog} />}
          </Card>
        </li>
      ))}
    </ol>
  );
}
