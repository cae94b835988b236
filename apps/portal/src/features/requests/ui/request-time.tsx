import { Duration } from '@parley/ui/format';
import { clsx } from 'clsx';
import type { RequestFacts } from './request-item.ts';

interface Part {
  readonly label: string;
  readonly hint: string;
  readonly us: number;
  readonly color: string;
}

/** Where the time went. The parts add up to the whole. */
export function RequestTime({ facts }: { facts: RequestFacts }) {
  const parts = partsOf(facts);
  const whole = facts.durationUs;
  return (
    <section aria-labelledby="time-title" className="flex flex-col gap-3">
      <h2 id="time-title" className="flex items-baseline justify-between gap-3 font-semibold text-sm">
        Where the time went
        <span className="font-normal">
          <Duration ms={whole / 1000} />
        </span>
      </h2>
      <div aria-hidden className="flex h-3 w-full gap-px overflow-hidden rounded-sm bg-hover">
        {parts.map((part) => (
          <span
            key={part.label}
            className={clsx('min-w-0.5', part.color)}
            style={{ width: `${whole === 0 ? 0 : (part.us / whole) * 100}%` }}
          />
        ))}
      </div>
      <ul className="grid gap-x-6 gap-y-2 sm:grid-cols-3">
        {parts.map((part) => (
          <li key={part.label} className="flex flex-col gap-0.5 text-sm">
            <span className="flex items-center gap-2">
              <span aria-hidden className={clsx('size-2.5 shrink-0 rounded-xs', part.color)} />
              {part.label}
              <span className="ml-auto font-medium sm:ml-0">
                <Duration ms={part.us / 1000} />
              </span>
            </span>
            <span className="text-faint text-xs">{part.hint}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function partsOf({ time, stream }: RequestFacts): Part[] {
  const gateway = {
    label: 'Gateway',
    hint: 'Key, route, limits, writing the answer',
    us: time.gatewayUs,
    color: 'bg-chart-2',
  };
  if (time.upstreamUs === 0) return [{ ...gateway, hint: 'The call never left the gateway' }];
  if (!stream || time.firstTokenUs === null) {
    return [gateway, { label: 'Upstream', hint: 'Waiting for its answer', us: time.upstreamUs, color: 'bg-chart-1' }];
  }
  const first = Math.min(Math.max(time.firstTokenUs - time.gatewayUs, 0), time.upstreamUs);
  return [
    gateway,
    { label: 'To first token', hint: 'The upstream thinks', us: first, color: 'bg-chart-3' },
    { label: 'Stream', hint: 'Tokens arrive and are passed on', us: time.upstreamUs - first, color: 'bg-chart-1' },
  ];
}
