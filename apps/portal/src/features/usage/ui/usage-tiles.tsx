import { Stat } from '@parley/ui/card';
import { Count, Duration, Money } from '@parley/ui/format';
import { countText, shareText } from '@parley/ui/format-text';
import { Skeleton } from '@parley/ui/skeleton';
import { costOf, errorShare, errorsOf, type Figures } from './measures.ts';

interface Props {
  readonly current: Figures | undefined;
  /** The range before; `null` when it is not compared with. */
  readonly previous: Figures | null;
  readonly currency: string;
}

/** The figures of the range at a glance, each beside the range before. */
export function UsageTiles({ current, previous, currency }: Props) {
  if (!current) {
    return (
      <div role="status" aria-label="Loading" className="grid grid-cols-2 gap-3 md:grid-cols-3 xl:grid-cols-5">
        {Array.from({ length: 5 }, (_, tile) => (
          <Skeleton key={tile} className="h-22 rounded-md" />
        ))}
      </div>
    );
  }
  const { latencyUs } = current;
  const ms = (us: number | null): number | null => (us === null ? null : us / 1000);
  return (
    <div className="grid grid-cols-2 gap-3 md:grid-cols-3 xl:grid-cols-5">
      <Stat
        label="Requests"
        value={<Count value={current.requests} />}
        note={<Change now={current.requests} before={previous?.requests} />}
      />
      <Stat label="Answered with an error" value={shareText(errorShare(current))} note={errorNote(current, previous)} />
      <Stat
        label="Latency, p95"
        value={<Duration ms={ms(latencyUs.p95)} />}
        note={
          <>
            p50 <Duration ms={ms(latencyUs.p50)} /> · p99 <Duration ms={ms(latencyUs.p99)} />
          </>
        }
      />
      <Stat
        label="Tokens"
        value={<Count value={current.inputTokens + current.outputTokens} />}
        note={
          <>
            <Count value={current.inputTokens} /> in · <Count value={current.outputTokens} /> out
          </>
        }
      />
      <Stat
        className="max-md:col-span-2"
        label="Cost"
        value={<Money nano={costOf(current, currency)} currency={currency} />}
        note={
          <Change
            now={Number(costOf(current, currency))}
            before={previous ? Number(costOf(previous, currency)) : undefined}
          />
        }
      />
    </div>
  );
}

function errorNote(current: Figures, previous: Figures | null): string {
  if (!previous) return `${countText(errorsOf(current))} calls`;
  return previous.requests === 0 ? 'no calls before' : `${shareText(errorShare(previous))} before`;
}

/** How a figure moved since the range before. */
function Change({ now, before }: { now: number; before: number | undefined }) {
  if (before === undefined) return '\u00a0';
  if (before === 0) return now === 0 ? 'as before' : 'none before';
  const change = now / before - 1;
  const percent = Math.round(Math.abs(change) * 100);
  if (percent === 0) return 'as before';
  return `${change > 0 ? '↑' : '↓'} ${percent > 999 ? `${Math.round(now / before)} times` : `${percent}\u2009%`} vs before`;
}
