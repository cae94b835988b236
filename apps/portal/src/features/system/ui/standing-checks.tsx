import { Badge, type Tone } from '@parley/ui/badge';
import { RelativeTime } from '@parley/ui/format';
import { SkeletonRows } from '@parley/ui/skeleton';
import type { RouterOutputs } from '@/trpc/root.ts';

type Check = RouterOutputs['system']['checks']['checks'][number];

const STATES: Readonly<Record<Check['state'], { word: string; tone: Tone }>> = {
  holds: { word: 'Holds', tone: 'success' },
  broken: { word: 'Does not hold', tone: 'danger' },
  failed: { word: 'Could not be checked', tone: 'warning' },
  waiting: { word: 'Not checked yet', tone: 'neutral' },
};

/** What must always hold between calls, usage and money, and where it does not. */
export function StandingChecks({ checks }: { checks: readonly Check[] | undefined }) {
  if (!checks) return <SkeletonRows rows={3} />;
  return (
    <ul className="divide-y rounded-md border bg-surface">
      {checks.map((check) => (
        <li key={check.name} className="flex flex-col gap-2 px-4 py-3">
          <div className="flex flex-wrap items-center gap-x-4 gap-y-1 text-sm">
            <span className="min-w-0 flex-1">{check.title}</span>
            {check.checkedAt && (
              <span className="text-muted text-xs">
                checked <RelativeTime at={check.checkedAt} />
              </span>
            )}
            <Badge tone={STATES[check.state].tone} dot>
              {STATES[check.state].word}
            </Badge>
          </div>
          {check.state === 'broken' && <Findings check={check} />}
        </li>
      ))}
    </ul>
  );
}

function Findings({ check }: { check: Check }) {
  return (
    <>
      <p className="text-muted text-sm">{check.meaning}</p>
      {check.findings.length > 0 && (
        <ul className="flex flex-col gap-1.5">
          {check.findings.map(({ subject, detail, foundAt }) => (
            <li key={subject} className="rounded-sm bg-sunken px-2.5 py-1.5 text-xs">
              <span className="break-words font-mono">{subject}</span>: {detail}{' '}
              <span className="text-faint">
                found <RelativeTime at={foundAt} />
              </span>
            </li>
          ))}
        </ul>
      )}
      {check.found > check.findings.length && (
        <p className="text-faint text-xs">
          {check.found} in all{check.findings.length > 0 ? '; these are the newest' : ', of the whole installation'}.
        </p>
      )}
    </>
  );
}
