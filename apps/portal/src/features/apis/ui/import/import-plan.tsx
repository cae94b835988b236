'use client';

import { Check } from 'lucide-react';
import type { ReactNode } from 'react';
import type { OpenapiPreview } from '../openapi-text.ts';
import type { Target } from './import-target.ts';

/** What an import is about to make, before it is made. */
export function ImportPlan({
  routes,
  replaced,
  target,
  slug,
  upstreamName,
  hold,
}: {
  routes: OpenapiPreview['routes'];
  /** How many routes the version has now. */
  replaced: number;
  target: Target;
  /** Short name of the upstream that would be made. */
  slug: string;
  upstreamName: string;
  /** `kept`: the version has the policy already. */
  hold: 'added' | 'kept' | 'none';
}) {
  return (
    <section aria-label="What will be made" className="flex flex-col gap-3 rounded-md border p-4">
      <h3 className="font-medium text-sm">What will be made</h3>
      <ul className="flex flex-col gap-1.5 text-sm">
        {target.kind === 'new' && (
          <Made>
            An upstream, {target.name} <span className="font-mono text-muted text-xs">({slug})</span>, at{' '}
            <span className="break-all font-mono text-xs">{target.baseUrl}</span>
          </Made>
        )}
        <Made>
          {routes.length === 1 ? 'One route' : `${routes.length} routes`} to {upstreamName}
          {replaced > 0 &&
            `, in place of the ${replaced === 1 ? 'one' : replaced} it has; policies of routes that stay are kept`}
        </Made>
        {hold === 'added' && <Made>The policy Contract: calls that do not fit the document are refused with 400</Made>}
        {hold === 'kept' && <Made>The policy Contract stays as it is set</Made>}
        <Made>The reference that subscribers read, from the document</Made>
      </ul>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <div tabIndex={0} role="region" aria-label="Routes that will be made" className="max-h-64 overflow-y-auto">
        <ol className="flex flex-col gap-1 text-sm">
          {routes.map(({ method, path, summary }) => (
            <li key={`${method} ${path}`} className="flex min-w-0 gap-3">
              <span className="w-16 shrink-0 font-mono text-muted text-xs leading-5">{method}</span>
              <span className="min-w-0 break-all font-mono text-xs leading-5">{path}</span>
              <span className="hidden min-w-0 flex-1 truncate text-muted sm:block">{summary}</span>
            </li>
          ))}
        </ol>
      </div>
    </section>
  );
}

function Made({ children }: { children: ReactNode }) {
  return (
    <li className="flex gap-2">
      <Check aria-hidden className="mt-0.5 size-4 shrink-0 text-accent-text" />
      <span className="min-w-0">{children}</span>
    </li>
  );
}
