'use client';

import { useRange } from '@parley/ui/range-picker';
import { useUrlState } from '@parley/ui/url-state';
import { useShell } from '@/shell/shell-context.tsx';
import { MEASURES, type MeasureName } from './measures.ts';

export type Side = 'all' | 'published' | 'consumed';
export const SPLITS = ['api', 'application', 'model', 'outcome'] as const;
export type Split = (typeof SPLITS)[number];

export const SPLIT_WORDS: Readonly<Record<Split, string>> = {
  api: 'API',
  application: 'Application',
  model: 'Model',
  outcome: 'Status',
};

/** A filter by one group of a split. */
type Filtered = Exclude<Split, 'outcome'>;

/** All that decides what the usage page shows, kept in the URL. */
export function useUsageState() {
  const { tenant } = useShell();
  const range = useRange();
  const [side, setSide] = useUrlState('side', 'all');
  const [by, setBy] = useUrlState('by', 'api');
  const [measure, setMeasure] = useUrlState('measure', 'requests');
  const [compare, setCompare] = useUrlState('compare', 'yes');
  const [api, setApi] = useUrlState('api', '');
  const [application, setApplication] = useUrlState('application', '');
  const [model, setModel] = useUrlState('model', '');
  const setters: Record<Filtered, (value: string) => void> = {
    api: setApi,
    application: setApplication,
    model: setModel,
  };
  const split = SPLITS.find((one) => one === by) ?? 'api';
  const wanted = Object.hasOwn(MEASURES, measure) ? (measure as MeasureName) : 'requests';
  const shownSide: Side = side === 'published' || side === 'consumed' ? side : 'all';
  return {
    range,
    side: shownSide,
    setSide: (value: Side) => setSide(value),
    split,
    setSplit: (value: Split) => setBy(value),
    /** Only requests are known by outcome. */
    measure: split === 'outcome' && !MEASURES[wanted].byOutcome ? 'requests' : wanted,
    setMeasure: (value: MeasureName) => setMeasure(value),
    compare: compare === 'yes',
    setCompare: (value: boolean) => setCompare(value ? 'yes' : 'no'),
    filters: { api, application, model } satisfies Record<Filtered, string>,
    /** Narrows to one group; an empty key drops the filter. */
    narrow: (dimension: Split, key: string): void => {
      if (dimension !== 'outcome' && key !== 'other') setters[dimension](key);
    },
    /** What the verbs take. */
    input: {
      ...range.range,
      side: shownSide,
      timeZone: tenant.timezone,
      ...(isId(api) ? { apiId: api } : {}),
      ...(isId(application) ? { applicationId: application } : {}),
      ...(model ? { model: model.slice(0, 120) } : {}),
    },
  };
}

export type UsageState = ReturnType<typeof useUsageState>;

function isId(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);
}
