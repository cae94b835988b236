import { CopyButton } from '@parley/ui/copy-button';
import { Count, Duration, Money } from '@parley/ui/format';
import { clsx } from 'clsx';
import { LatencyBar } from './latency-bar.tsx';
import { nameOf, type RequestItem } from './request-item.ts';
import { SIDE_PURPOSE_WORDS } from './side-purposes.ts';
import { StatusBadge } from './status-badge.tsx';

interface Props {
  readonly items: readonly RequestItem[];
  readonly open: string;
  readonly onOpen: (id: string) => void;
  /** Narrows the list down to a code; without it codes are only told. */
  readonly onCode?: (code: string) => void;
}

const HEAD = 'h-9 whitespace-nowrap border-b px-3 text-left font-medium text-muted text-xs';
const CELL = 'px-3 py-2 align-middle';

/** The calls, newest first; a row opens its detail. */
export function RequestTable({ items, open, onOpen, onCode }: Props) {
  const fullUs = scaleOf(items);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <div tabIndex={0} role="region" aria-label="Calls" className="overflow-x-auto rounded-md border bg-surface">
      <table className="w-full border-collapse text-sm">
        <thead className="bg-sunken">
          <tr>
            <th scope="col" className={HEAD}>
              Time
            </th>
            <th scope="col" className={HEAD}>
              Status
            </th>
            <th scope="col" className={HEAD}>
              Request
            </th>
            <th scope="col" className={clsx(HEAD, 'max-lg:hidden')}>
              Application
            </th>
            <th scope="col" className={clsx(HEAD, 'text-right max-md:hidden')}>
              Latency
            </th>
            <th scope="col" className={clsx(HEAD, 'text-right max-xl:hidden')}>
              Tokens
            </th>
            <th scope="col" className={clsx(HEAD, 'text-right max-lg:hidden')}>
              Cost
            </th>
            <th scope="col" className={clsx(HEAD, 'max-xl:hidden')}>
              <span className="sr-only">Id</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {items.map((item) => (
            <Row key={item.id} item={item} fullUs={fullUs} open={item.id === open} onOpen={onOpen} onCode={onCode} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({
  item,
  fullUs,
  open,
  onOpen,
  onCode,
}: {
  item: RequestItem;
  fullUs: number;
  open: boolean;
  onOpen: (id: string) => void;
  onCode: ((code: string) => void) | undefined;
}) {
  return (
    <tr className={clsx('relative border-b last:border-b-0 hover:bg-hover', open && 'bg-accent-soft')}>
      <td className={clsx(CELL, 'whitespace-nowrap text-muted')}>
        <OpenButton item={item} onOpen={onOpen} />
      </td>
      <td className={clsx(CELL, 'whitespace-nowrap')}>
        <StatusBadge status={item.status} />
      </td>
      <td className={clsx(CELL, 'w-full max-w-0')}>
        <Called item={item} onCode={onCode} />
      </td>
      <td className={clsx(CELL, 'max-w-44 max-lg:hidden')}>
        <span className="flex flex-col">
          <span className="truncate">{nameOf(item.application)}</span>
          {item.side === 'published' && <span className="truncate text-faint text-xs">{nameOf(item.consumer)}</span>}
        </span>
      </td>
      <td className={clsx(CELL, 'whitespace-nowrap text-right max-md:hidden')}>
        <LatencyBar durationUs={item.durationUs} upstreamUs={item.upstreamUs} fullUs={fullUs} />
      </td>
      <td className={clsx(CELL, 'whitespace-nowrap text-right max-xl:hidden')}>
        {item.inputTokens + item.outputTokens > 0 ? (
          <Count value={item.inputTokens + item.outputTokens} />
        ) : (
          <span className="text-faint">–</span>
        )}
      </td>
      <td className={clsx(CELL, 'whitespace-nowrap text-right max-lg:hidden')}>
        {item.costNano === '0' ? (
          <span className="text-faint">–</span>
        ) : (
          <Money nano={item.costNano} currency={item.currency} />
        )}
      </td>
      <td className="relative z-[1] w-9 pr-1 text-right max-xl:hidden">
        <CopyButton text={item.id} label="Copy the request id" />
      </td>
    </tr>
  );
}

/** The time of a call; its press is the whole row's. */
function OpenButton({ item, onOpen }: { item: RequestItem; onOpen: (id: string) => void }) {
  return (
    <button
      type="button"
      onClick={() => onOpen(item.id)}
      className="tabular-nums after:absolute after:inset-0 focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:outline-accent focus-visible:after:-outline-offset-2"
    >
      <span className="max-sm:hidden">{dayText(item.at)} </span>
      <span className="text-text">{timeText(item.at)}</span>
      <span className="sr-only">
        : open {item.method} {item.path}
      </span>
    </button>
  );
}

/** What was called and, when it failed, why. */
function Called({ item, onCode }: { item: RequestItem; onCode: ((code: string) => void) | undefined }) {
  const { code } = item;
  return (
    <span className="flex min-w-0 flex-col">
      <span className="truncate font-mono text-xs" title={`${item.method} ${item.path}`}>
        <span className="text-muted">{item.method}</span> {item.path}
      </span>
      <span className="truncate text-faint text-xs">
        <span className="md:hidden">
          <Duration ms={item.durationUs / 1000} /> ·{' '}
        </span>
        {item.api ? nameOf(item.api) : 'No API'}
        {item.purpose && ` · asked by the gateway: ${SIDE_PURPOSE_WORDS[item.purpose].toLowerCase()}`}
        {item.model && ` · ${item.model}`}
        {item.stream && ' · streamed'}
        {code && (
          <>
            {' · '}
            {onCode ? (
              <button
                type="button"
                title="Show only calls with this code"
                onClick={() => onCode(code)}
                className="relative z-[1] text-danger-text hover:underline"
              >
                {code}
              </button>
            ) : (
              <span className="text-danger-text">{code}</span>
            )}
          </>
        )}
      </span>
    </span>
  );
}

/** The duration that fills a bar: what nine of ten calls on the page stay under, so that one outlier hides no others. */
function scaleOf(items: readonly RequestItem[]): number {
  const sorted = items.map((item) => item.durationUs).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length * 0.9)] ?? 0;
}

function timeText(at: string): string {
  return new Date(at).toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit' });
}

function dayText(at: string): string {
  return new Date(at).toLocaleDateString(undefined, { month: 'short', day: 'numeric' });
}
