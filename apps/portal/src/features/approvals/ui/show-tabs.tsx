import type { Show } from './approval-types.ts';

const TABS: readonly { show: Show; label: string }[] = [
  { show: 'waiting', label: 'Waiting' },
  { show: 'live', label: 'In force' },
  { show: 'history', label: 'History' },
];

/** Which part of the inbox is shown. */
export function ShowTabs({
  show,
  waiting,
  onShow,
}: {
  show: Show;
  waiting: number | undefined;
  onShow: (show: Show) => void;
}) {
  return (
    <div role="group" aria-label="Show" className="inline-flex rounded-md border bg-sunken p-0.5">
      {TABS.map((tab) => (
        <button
          key={tab.show}
          type="button"
          aria-pressed={tab.show === show}
          onClick={() => onShow(tab.show)}
          className={`h-8 rounded-sm px-3 font-medium text-sm ${tab.show === show ? 'border bg-surface' : 'border border-transparent text-muted hover:text-text'}`}
        >
          {tab.label}
          {tab.show === 'waiting' && waiting !== undefined && waiting > 0 && (
            <span className="ml-1.5 text-faint text-xs tabular-nums">{waiting}</span>
          )}
        </button>
      ))}
    </div>
  );
}
