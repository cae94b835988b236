'use client';

import { clsx } from 'clsx';
import { useState } from 'react';
import { CopyButton } from './copy-button.tsx';

export interface Snippet {
  readonly label: string;
  readonly code: string;
  /** What is copied, where it is more than may stand on a screen, such as a secret. */
  readonly copy?: string;
}

/** Code to read and copy; several snippets become tabs, such as curl, TypeScript and Python. */
export function CodeBlock({ snippets, title, wrap }: { snippets: readonly Snippet[]; title?: string; wrap?: boolean }) {
  const [at, setAt] = useState(0);
  const snippet = snippets[at] ?? snippets[0];
  if (!snippet) return null;
  return (
    <div className="min-w-0 overflow-hidden rounded-md border bg-sunken">
      <div className="flex h-9 items-center justify-between gap-2 border-b pr-1 pl-3">
        {snippets.length > 1 ? (
          <div role="tablist" aria-label={title ?? 'Languages'} className="flex min-w-0 gap-3 overflow-x-auto">
            {snippets.map(({ label }, index) => (
              <button
                key={label}
                type="button"
                role="tab"
                aria-selected={index === at}
                tabIndex={index === at ? 0 : -1}
                onClick={() => setAt(index)}
                onKeyDown={(event) => {
                  const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
                  if (step === 0) return;
                  const next = (index + step + snippets.length) % snippets.length;
                  setAt(next);
                  (event.currentTarget.parentElement?.children[next] as HTMLElement | undefined)?.focus();
                }}
                className={clsx(
                  'whitespace-nowrap text-xs',
                  index === at ? 'font-medium text-text' : 'text-muted hover:text-text',
                )}
              >
                {label}
              </button>
            ))}
          </div>
        ) : (
          <span className="truncate text-muted text-xs">{title ?? snippet.label}</span>
        )}
        <CopyButton text={snippet.copy ?? snippet.code} />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <pre
        tabIndex={0}
        aria-label={snippet.label}
        className={clsx('overflow-x-auto p-3 font-mono text-xs leading-5', wrap && 'whitespace-pre-wrap break-words')}
      >
        <code>{snippet.code}</code>
      </pre>
    </div>
  );
}
