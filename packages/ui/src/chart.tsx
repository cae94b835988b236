'use client';

import { lazy, type ReactNode, Suspense } from 'react';
import { chartColor } from './chart-color.ts';
import { Skeleton } from './skeleton.tsx';

export interface ChartSeries {
  readonly key: string;
  readonly label: string;
}

/** One point: the time it stands for (ISO) and a number per series. */
export type ChartPoint = Readonly<Record<string, number | string | null>> & { readonly at: string };

export interface TimeChartProps {
  /** Said to those who cannot see it, and above the table of figures. */
  readonly label: string;
  readonly data: readonly ChartPoint[];
  readonly series: readonly ChartSeries[];
  readonly kind?: 'bar' | 'line' | 'area';
  readonly stacked?: boolean;
  /** One more series, drawn as a dashed line over the others: what they are compared with. */
  readonly overlay?: ChartSeries | undefined;
  /** Makes series (bars and names) something to press, such as to narrow the page down to one. */
  readonly onChoose?: ((key: string) => void) | undefined;
  /** Writes a value on the axis and in the tooltip. */
  readonly formatValue?: (value: number) => string;
  /** Writes a time on the axis. */
  readonly formatTime?: (at: string) => string;
  readonly height?: number;
}

const Drawn = lazy(async () => ({ default: (await import('./chart-recharts.tsx')).DrawnChart }));

/** A chart over time. The drawing library is loaded only where one stands. */
export function TimeChart(props: TimeChartProps): ReactNode {
  const height = props.height ?? 220;
  return (
    <figure className="m-0 min-w-0" aria-label={props.label}>
      <div style={{ height }}>
        <Suspense fallback={<Skeleton className="h-full w-full" />}>
          <Drawn {...props} />
        </Suspense>
      </div>
      {(props.series.length > 1 || props.overlay) && <Legend {...props} />}
    </figure>
  );
}

function Legend({ series, overlay, onChoose }: TimeChartProps) {
  return (
    <figcaption className="mt-2 flex flex-wrap gap-x-4 gap-y-1 text-muted text-xs">
      {series.map(({ key, label }, at) => {
        const name = (
          <>
            <span aria-hidden className="size-2.5 rounded-xs" style={{ background: chartColor(at) }} />
            {label}
          </>
        );
        return onChoose ? (
          <button
            key={key}
            type="button"
            onClick={() => onChoose(key)}
            className="inline-flex items-center gap-1.5 hover:text-text"
          >
            {name}
          </button>
        ) : (
          <span key={key} className="inline-flex items-center gap-1.5">
            {name}
          </span>
        );
      })}
      {overlay && (
        <span className="inline-flex items-center gap-1.5">
          <span aria-hidden className="w-4 border-line-strong border-t-2 border-dashed" />
          {overlay.label}
        </span>
      )}
    </figcaption>
  );
}
