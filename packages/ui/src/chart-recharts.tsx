'use client';

import {
  Area,
  AreaChart,
  Bar,
  BarChart,
  CartesianGrid,
  ComposedChart,
  Line,
  LineChart,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts';
import type { TimeChartProps } from './chart.tsx';
import { chartColor } from './chart-color.ts';
import { countText } from './format-text.ts';

const TICK = { fill: 'var(--p-faint)', fontSize: 11 };
const CHARTS = { bar: BarChart, line: LineChart, area: AreaChart } as const;

function hour(at: string): string {
  return new Date(at).toLocaleString(undefined, { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit' });
}

/** The drawing of `TimeChart`; loaded on its own. */
export function DrawnChart(props: TimeChartProps) {
  const { data, series, kind = 'bar', stacked, overlay, onChoose, formatValue = countText, formatTime = hour } = props;
  const Chart = overlay ? ComposedChart : CHARTS[kind];
  return (
    <ResponsiveContainer width="100%" height="100%">
      <Chart data={[...data]} margin={{ top: 4, right: 4, bottom: 0, left: 0 }} accessibilityLayer>
        <CartesianGrid vertical={false} stroke="var(--p-line)" />
        <XAxis
          dataKey="at"
          tick={TICK}
          tickLine={false}
          axisLine={{ stroke: 'var(--p-line)' }}
          minTickGap={48}
          tickFormatter={(at: string) => formatTime(at)}
        />
        <YAxis
          tick={TICK}
          tickLine={false}
          axisLine={false}
          width={64}
          tickFormatter={(value: number) => formatValue(value)}
        />
        <Tooltip
          isAnimationActive={false}
          cursor={{ fill: 'var(--p-hover)', stroke: 'var(--p-line-strong)' }}
          contentStyle={{
            background: 'var(--p-surface)',
            border: '1px solid var(--p-line)',
            borderRadius: 8,
            boxShadow: 'var(--p-shadow)',
            fontSize: 12,
          }}
          itemStyle={{ color: 'var(--p-text)' }}
          labelStyle={{ color: 'var(--p-muted)' }}
          labelFormatter={(at) => (typeof at === 'string' ? hour(at) : null)}
          formatter={(value) => formatValue(Number(value))}
        />
        {series.map(({ key, label }, at) => drawn(kind, key, label, at, stacked === true, onChoose))}
        {overlay && (
          <Line
            dataKey={overlay.key}
            name={overlay.label}
            isAnimationActive={false}
            type="monotone"
            stroke="var(--p-line-strong)"
            strokeDasharray="4 3"
            strokeWidth={1.5}
            dot={false}
          />
        )}
      </Chart>
    </ResponsiveContainer>
  );
}

function drawn(
  kind: 'bar' | 'line' | 'area',
  key: string,
  label: string,
  at: number,
  stacked: boolean,
  onChoose: TimeChartProps['onChoose'],
) {
  const color = chartColor(at);
  const shared = { dataKey: key, name: label, isAnimationActive: false, ...(stacked ? { stackId: 'all' } : {}) };
  if (kind === 'bar') {
    const press = onChoose ? { onClick: () => onChoose(key), cursor: 'pointer' } : {};
    return <Bar key={key} {...shared} {...press} fill={color} maxBarSize={28} />;
  }
  if (kind === 'area') {
    return (
      <Area key={key} {...shared} type="monotone" stroke={color} fill={color} fillOpacity={0.15} strokeWidth={1.5} />
    );
  }
  return (
    <Line
      key={key}
      dataKey={key}
      name={label}
      isAnimationActive={false}
      type="monotone"
      stroke={color}
      dot={false}
      strokeWidth={1.75}
    />
  );
}
