import { Duration } from '@parley/ui/format';

interface Props {
  readonly durationUs: number;
  readonly upstreamUs: number;
  /** The duration that fills the bar. */
  readonly fullUs: number;
}

/** How long a call took, as a bar: what the gateway needed, then what it waited for. */
export function LatencyBar({ durationUs, upstreamUs, fullUs }: Props) {
  const upstream = Math.min(upstreamUs, durationUs);
  const share = (us: number): string => `${fullUs === 0 ? 0 : Math.min(us / fullUs, 1) * 100}%`;
  return (
    <span className="flex items-center justify-end gap-2.5">
      <Duration ms={durationUs / 1000} />
      <span aria-hidden className="flex h-1.5 w-20 overflow-hidden rounded-full bg-hover max-lg:hidden">
        <span className="min-w-px bg-chart-2" style={{ width: share(durationUs - upstream) }} />
        <span className="bg-chart-1" style={{ width: share(upstream) }} />
      </span>
    </span>
  );
}
