import { Button } from '@parley/ui/button';
import type { Move } from './approval-types.ts';

/** Acts on everything selected; stays in view while the list scrolls. */
export function BulkBar({
  count,
  onMove,
  onClear,
}: {
  count: number;
  onMove: (move: Move) => void;
  onClear: () => void;
}) {
  return (
    <div
      role="toolbar"
      aria-label="Selected requests"
      className="sticky top-16 z-20 flex flex-wrap items-center gap-2 rounded-md border bg-surface px-4 py-2 shadow-float md:top-4"
    >
      <span className="mr-auto font-medium text-sm">
        {count} {count === 1 ? 'request' : 'requests'} selected
      </span>
      <Button size="sm" variant="ghost" onClick={onClear}>
        Clear
      </Button>
      <Button size="sm" onClick={() => onMove('refuse')}>
        Refuse…
      </Button>
      <Button size="sm" variant="primary" onClick={() => onMove('approve')}>
        Approve…
      </Button>
    </div>
  );
}
