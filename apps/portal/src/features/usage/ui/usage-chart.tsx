import { Card } from '@parley/ui/card';
import { type ChartPoint, TimeChart } from '@parley/ui/chart';
import { Select } from '@parley/ui/field';
import { Skeleton } from '@parley/ui/skeleton';
import { useMemo } from 'react';
import type { RouterOutputs } from '@/trpc/root.ts';
import { groupName } from './group-name.ts';
import { MEASURE_NAMES, MEASURES, type MeasureName } from './measures.ts';
import { SPLIT_WORDS, SPLITS, type Split, type UsageState } from './usage-state.ts';

type Series = RouterOutputs['usage']['series'];
const PREVIOUS = 'previous';

interface Props {
  readonly state: UsageState;
  readonly series: Series | undefined;
  readonly currency: string;
  readonly timezone: string;
}

/** What happened over time, split by one thing; a press on a part narrows the page to it. */
export function UsageChart({ state, series, currency, timezone }: Props) {
  const measure = MEASURES[state.measure];
  const data = useMemo(() => pointsOf(series, state.measure, currency), [series, state.measure, currency]);
  return (
    <Card className="p-4">
      <div className="mb-4 flex flex-wrap items-center gap-2">
        <Select
          aria-label="What to draw"
          className="w-36"
          value={state.measure}
          onChange={(event) => state.setMeasure(event.target.value as MeasureName)}
          options={MEASURE_NAMES.map((value) => ({
            value,
            label: MEASURES[value].label,
            disabled: state.split === 'outcome' && !MEASURES[value].byOutcome,
          }))}
        />
        <span className="text-muted text-sm">by</span>
        <Select
          aria-label="Split by"
          className="w-36"
          value={state.split}
          onChange={(event) => state.setSplit(event.target.value as Split)}
          options={SPLITS.map((value) => ({ value, label: SPLIT_WORDS[value] }))}
        />
      </div>
      {series ? (
        <TimeChart
          label={`${measure.label} by ${SPLIT_WORDS[state.split]}`}
          data={data}
          series={series.lines.map((line, at) => ({
            key: `l${at}`,
            label: groupName(state.split, line.key, line.name),
          }))}
          kind={measure.stacked ? 'bar' : 'line'}
          stacked={measure.stacked}
          overlay={series.previous ? { key: PREVIOUS, label: 'The time before, in all' } : undefined}
          onChoose={
            state.split === 'outcome'
              ? undefined
              : (key) => state.narrow(state.split, series.lines[Number(key.slice(1))]?.key ?? '')
          }
          formatValue={(value) => measure.write(value, currency)}
          formatTime={(at) => timeText(at, series.step, timezone)}
          height={260}
        />
      ) : (
        <Skeleton className="h-65 w-full" />
      )}
    </Card>
  );
}

function pointsOf(series: Series | undefined, name: MeasureName, currency: string): ChartPoint[] {
  if (!series) return [];
  const { of } = MEASURES[name];
  return series.steps.map((at, step) => {
    const point: Record<string, number | string | null> & { at: string } = { at };
    series.lines.forEach((line, index) => {
      const figures = line.points[step];
      point[`l${index}`] = figures ? of(figures, currency) : null;
    });
    const before = series.previous?.[step];
    if (before) point[PREVIOUS] = of(before, currency);
    return point;
  });
}

/** Minutes and hours in the reader's zone; days, which begin at the tenant's midnight, in the tenant's. */
function timeText(at: string, step: Series['step'], timezone: string): string {
  const date = new Date(at);
  if (step === 'day') return date.toLocaleDateString(undefined, { month: 'short', day: 'numeric', timeZone: timezone });
  const time = date.toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit' });
  if (step === 'minute') return time;
  return date.getHours() === 0 ? date.toLocaleDateString(undefined, { month: 'short', day: 'numeric' }) : time;
}
