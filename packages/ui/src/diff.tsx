import { clsx } from 'clsx';

export interface DiffSection {
  readonly title: string;
  readonly changed: boolean;
  readonly lines: readonly { readonly kind: 'same' | 'added' | 'removed'; readonly text: string }[];
}

const MARKS = { same: ' ', added: '+', removed: '−' } as const;
const SPOKEN = { same: '', added: 'added: ', removed: 'removed: ' } as const;

/** What differs between two versions of a thing, line by line, part by part. Parts without a change are named only. */
export function DiffView({ sections }: { sections: readonly DiffSection[] }) {
  const changed = sections.filter((section) => section.changed);
  const same = sections.filter((section) => !section.changed).map((section) => section.title);
  if (changed.length === 0) return <p className="text-muted text-sm">Nothing differs.</p>;
  return (
    <div className="flex flex-col gap-4">
      {changed.map(({ title, lines }) => (
        <div key={title} className="min-w-0">
          <h3 className="mb-1.5 font-medium text-sm">{title}</h3>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
          <div
            tabIndex={0}
            role="region"
            aria-label={`Changes: ${title}`}
            className="overflow-x-auto rounded-md border bg-sunken py-1.5"
          >
            {lines.map(({ kind, text }, at) => (
              <div
                key={at}
                className={clsx('flex min-w-max gap-2 px-3 font-mono text-xs leading-5', {
                  'bg-success-soft text-success-text': kind === 'added',
                  'bg-danger-soft text-danger-text': kind === 'removed',
                })}
              >
                <span aria-hidden className="w-3 shrink-0 select-none">
                  {MARKS[kind]}
                </span>
                <span className="whitespace-pre">
                  <span className="sr-only">{SPOKEN[kind]}</span>
                  {text || '\u00a0'}
                </span>
              </div>
            ))}
          </div>
        </div>
      ))}
      {same.length > 0 && <p className="text-faint text-xs">Unchanged: {same.join(', ')}.</p>}
    </div>
  );
}
