'use client';

import type { PromptDefinition } from '@parley/contracts/snapshot';
import { Button, ButtonLink } from '@parley/ui/button';
import { CodeBlock } from '@parley/ui/code-block';
import { CopyButton } from '@parley/ui/copy-button';
import { useShell } from '@/shell/shell-context.tsx';

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
      <CodeBlock title="Call it" snippets={[{ label: 'curl', code: curlOf(live.url, definition) }]} />
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

/** A call with a value for every variable that must be sent. */
export function curlOf(url: string, definition: PromptDefinition): string {
  const body = Object.fromEntries(
    definition.variables
      .filter((variable) => variable.required && variable.default === undefined)
      .map((variable) => [variable.name, exampleOf(variable)]),
  );
  const json = JSON.stringify(body).replaceAll("'", "'\\''");
  return [
    `curl ${url} \\`,
    `  -H "Authorization: Bearer $PARLEY_KEY" \\`,
    `  -H "Content-Type: application/json" \\`,
    `  -d '${json}'`,
  ].join('\n');
}

function exampleOf(variable: PromptDefinition['variables'][number]): unknown {
  switch (variable.type) {
    case 'string':
      return 'Some text';
    case 'number':
    case 'integer':
      return variable.minimum ?? 1;
    case 'boolean':
      return true;
    case 'enum':
      return variable.values?.[0] ?? '';
    case 'json':
      return {};
  }
}
