'use client';

import type { PromptDefinition } from '@parley/contracts/snapshot';
import { Button, ButtonLink } from '@parley/ui/button';
import { CodeBlock } from '@parley/ui/code-block';
import { CopyButton } from '@parley/ui/copy-button';
import { useShell } from '@/shell/shell-context.tsx';
import { promptCurl } from '@/words/prompt-curl.ts';

export interface Live {
  readonly api: string;
  readonly url: string;
}

/** What stands after a publication: the live address, a call to paste, and where to go next. */
export function PublishLive({
  live,
  definition,
  onClose,
}: {
  live: Live;
  definition: PromptDefinition;
  onClose: () => void;
}) {
  const { href, tenant } = useShell();
  return (
    <div className="flex flex-col gap-4">
      <p className="text-sm">It is live. Applications that are subscribed can call it within a second.</p>
      <div className="flex items-center gap-2 rounded-md border bg-sunken py-1 pr-1 pl-3">
        <code className="min-w-0 flex-1 break-all font-mono text-xs">{live.url}</code>
        <CopyButton text={live.url} label="Copy the address" />
      </div>
      <CodeBlock title="Call it" snippets={[{ label: 'curl', code: promptCurl(live.url, definition) }]} />
      <p className="text-muted text-sm">
        A call needs a key of a subscribed application. Subscribe one of your own on the API’s page in the catalogue.
      </p>
      <div className="flex flex-wrap justify-end gap-2">
        <ButtonLink href={href(`catalogue/${tenant.slug}/${live.api}`)}>See it in the catalogue</ButtonLink>
        <ButtonLink href={href(`apis/${live.api}`)}>Open the API</ButtonLink>
        <Button variant="primary" onClick={onClose}>
          Done
        </Button>
      </div>
    </div>
  );
}
