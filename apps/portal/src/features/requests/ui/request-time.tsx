import { Count, Duration } from '@parley/ui/format';
import { clsx } from 'clsx';
import type { ReactNode } from 'react';
import type { RequestFacts } from './request-item.ts';

type Span = RequestFacts['timeline'][number];

const PARTS: Readonly<Record<Span['part'], { label: string; hint: string; color: string }>> = {
  door: { label: 'Door', hint: 'Key, limits, guardrails, choosing who answers', color: 'bg-chart-2' },
  waiting: { label: 'Waiting', hint: 'Until the upstream’s first token, or its whole answer', color: 'bg-chart-3' },
  streaming: { label: 'Streaming', hint: 'Tokens arrive and are passed on', color: 'bg-chart-1' },
  end: { label: 'End', hint: 'Recorded, last byte sent', color: 'bg-chart-2' },
};

/** Where the time went: one part after another, each where it lies in the whole. */
export function RequestTime({ facts }: { facts: RequestFacts }) {
  const { timeline, time, tokensPerSecond, durationUs } = facts;
  return (
    <section aria-labelledby="time-title" className="flex flex-col gap-3">
      <h2 id="time-title" className="flex items-baseline justify-between gap-3 font-semibold text-sm">
        Where the time went
        <span className="font-normal">
          <Duration ms={durationUs / 1000} />
        </span>
      </h2>
      <ul className="flex flex-col gap-1.5">
        {timeline.map((span) => (
          <Bar key={span.part} span={span} wholeUs={durationUs} />
        ))}
      </ul>
      <dl className="flex flex-wrap gap-x-8 gap-y-2 text-sm empty:hidden">
        {time.firstTokenUs !== null && (
          <Figure name="To first token">
            <Duration ms={time.firstTokenUs / 1000} />
          </Figure>
        )}
        {tokensPerSecond !== null && (
          <Figure name="Tokens a second">
            <Count value={Math.round(tokensPerSecond * 10) / 10} />
          </Figure>
        )}
      </dl>
      {time.upstreamUs === 0 && <p className="text-faint text-xs">The call never left the gateway.</p>}
    </section>
  );
}

function Bar({ span: { part, fromUs, toUs }, wholeUs }: { span: Span; wholeUs: number }) {
  const { label, hint, color } = PARTS[part];
  const share = (us: number): string => `${(us / wholeUs) * 100}%`;
  return (
    <li className="grid grid-cols-[5.5rem_minmax(0,1fr)_4.5rem] items-center gap-3 text-sm" title={hint}>
      <span>{label}</span>
      <span aria-hidden className="relative h-3 overflow-hidden rounded-xs bg-hover">
        <span
          className={clsx('absolute inset-y-0 min-w-0.5 rounded-xs', color)}
          style={{ left: `min(${share(fromUs)}, calc(100% - 2px))`, width: share(toUs - fromUs) }}
        />
      </span>
      <span className="text-right">
        <Duration ms={(toUs - fromUs) / 1000} />
      </span>
      <span className="sr-only">{hint}</span>
    </li>
  );
}

function Figure({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="flex items-baseline gap-2">
      <dt className="text-muted text-xs">{name}</dt>
      <dd className="font-medium">{children}</dd>
    </div>
  );
}
