import { RelativeTime } from '@parley/ui/format';
import type { RouterOutputs } from '@/trpc/root.ts';

/** How current the figures are. */
export function Freshness({ source, computedAt, pendingSince }: RouterOutputs['usage']['summary']['freshness']) {
  if (source === 'calls') return <span className="text-faint text-xs">Live, from the calls themselves</span>;
  if (computedAt === null) return null;
  return (
    <span className="text-faint text-xs">
      Updated <RelativeTime at={computedAt} />
      {pendingSince && ', newer calls are being added'}
    </span>
  );
}
