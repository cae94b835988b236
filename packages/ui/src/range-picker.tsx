'use client';

import { useMemo } from 'react';
import { Field, Input } from './field.tsx';
import { Segmented } from './segmented.tsx';
import { useUrlState } from './url-state.tsx';

export const RANGES = ['1h', '24h', '7d', '30d', '90d'] as const;
export type RangeName = (typeof RANGES)[number];

/** A range by name up to now, or two moments (ISO 8601). */
export type Range = { readonly range: RangeName } | { readonly from: string; readonly to: string };

export interface RangeState {
  /** What is chosen; an unfinished custom range is the initial one. */
  readonly range: Range;
  readonly name: RangeName | 'custom';
  readonly from: string;
  readonly to: string;
  setName(name: RangeName | 'custom'): void;
  setFrom(iso: string): void;
  setTo(iso: string): void;
}

const LENGTHS_MS: Readonly<Record<RangeName, number>> = {
  '1h': 3_600_000,
  '24h': 86_400_000,
  '7d': 604_800_000,
  '30d': 2_592_000_000,
  '90d': 7_776_000_000,
};

/** How long a named range is, in milliseconds. */
export function rangeLengthMs(name: RangeName): number {
  return LENGTHS_MS[name];
}

/** The chosen time range, kept in the URL as `range`, or as `from` and `to`. */
export function useRange(initial: RangeName = '24h'): RangeState {
  const [text, setName] = useUrlState('range', initial);
  const [from, setFrom] = useUrlState('from', '');
  const [to, setTo] = useUrlState('to', '');
  const known = RANGES.find((name) => name === text);
  const name = text === 'custom' ? 'custom' : (known ?? initial);
  const whole = name === 'custom' && isTime(from) && isTime(to) && from < to;
  const range = useMemo<Range>(
    () => (whole ? { from, to } : { range: name === 'custom' ? initial : name }),
    [whole, from, to, name, initial],
  );
  return {
    range,
    name,
    from,
    to,
    setFrom,
    setTo,
    setName(next) {
      if (next === 'custom' && !from) {
        const now = Date.now();
        setFrom(new Date(now - LENGTHS_MS[name === 'custom' ? initial : name]).toISOString());
        setTo(new Date(now).toISOString());
      }
      if (next !== 'custom') {
        setFrom('');
        setTo('');
      }
      setName(next);
    },
  };
}

/** One picker of time for a whole page. */
export function RangePicker({ state }: { state: RangeState }) {
  const { name, from, to } = state;
  const upsideDown = name === 'custom' && isTime(from) && isTime(to) && from >= to;
  return (
    <div className="flex min-w-0 flex-wrap items-end gap-2">
      <Segmented
        label="Time range"
        value={name}
        onChange={state.setName}
        segments={[...RANGES.map((value) => ({ value, label: value })), { value: 'custom' as const, label: 'Custom' }]}
      />
      {name === 'custom' && (
        <div className="flex flex-wrap items-start gap-2">
          <Field label="From">
            <Input
              type="datetime-local"
              value={localText(from)}
              onChange={(event) => state.setFrom(isoText(event.target.value))}
            />
          </Field>
          <Field label="To" error={upsideDown ? 'The end must be after the start.' : null}>
            <Input
              type="datetime-local"
              value={localText(to)}
              onChange={(event) => state.setTo(isoText(event.target.value))}
            />
          </Field>
        </div>
      )}
    </div>
  );
}

function isTime(text: string): boolean {
  return text !== '' && !Number.isNaN(Date.parse(text));
}

/** ISO time as the browser's control writes it: the reader's own zone, to the minute. */
function localText(iso: string): string {
  if (!isTime(iso)) return '';
  const date = new Date(iso);
  const shifted = new Date(date.getTime() - date.getTimezoneOffset() * 60_000);
  return shifted.toISOString().slice(0, 16);
}

function isoText(local: string): string {
  return isTime(local) ? new Date(local).toISOString() : '';
}
