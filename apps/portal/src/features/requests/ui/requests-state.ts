'use client';

import { type RangeName, rangeLengthMs, useRange } from '@parley/ui/range-picker';
import { useUrlState } from '@parley/ui/url-state';
import { useDeferredValue, useMemo } from 'react';
import { useAnswerFilter } from './answer-state.ts';

export const STATUSES = ['', '2xx', '4xx', '429', '5xx', 'failed'] as const;
/** Sides that narrow the log; neither means both. */
const SIDES = ['published', 'consumed'] as const;
type StatusName = '2xx' | '3xx' | '4xx' | '5xx' | 'failed';

/** All that decides what the log shows, kept in the URL. */
export function useRequestsState() {
  const range = useRange('7d');
  const [side, setSide] = useUrlState('side', 'all');
  const [status, setStatus] = useUrlState('status', '');
  const [code, setCode] = useUrlState('code', '');
  const [api, setApi] = useUrlState('api', '');
  const [application, setApplication] = useUrlState('application', '');
  const [model, setModel] = useUrlState('model', '');
  const [search, setSearch] = useUrlState('q', '');
  const answer = useAnswerFilter();
  const [live, setLive] = useUrlState('live', '');
  const [open, setOpen] = useUrlState('request', '');
  const searched = useDeferredValue(search).trim();
  const chosen = range.range;
  const chosenSide = SIDES.find((one) => one === side);

  const filter = useMemo(
    () => ({
      ...(chosenSide ? { side: chosenSide } : {}),
      ...(isStatusName(status) ? { status } : /^\d{3}$/.test(status) ? { status: Number(status) } : {}),
      ...(code ? { code: code.slice(0, 64) } : {}),
      ...(isId(api) ? { apiId: api } : {}),
      ...(isId(application) ? { applicationId: application } : {}),
      ...(model ? { model: model.slice(0, 120) } : {}),
      ...answer.filter,
      ...(searched ? { search: searched.slice(0, 200) } : {}),
    }),
    [chosenSide, status, code, api, application, model, searched, answer.filter],
  );
  /** Moments of the range. */
  const between = useMemo(() => {
    if ('from' in chosen) return chosen;
    return { from: startOf(chosen.range) };
  }, [chosen]);

  return {
    range,
    side: chosenSide ?? ('all' as const),
    setSide,
    status,
    setStatus,
    code,
    setCode,
    api,
    setApi,
    application,
    setApplication,
    model,
    setModel,
    search,
    setSearch,
    answer,
    live: live === 'on',
    setLive: (on: boolean) => setLive(on ? 'on' : ''),
    /** Id of the call whose detail is open; empty for none. */
    open: isId(open) ? open : '',
    setOpen,
    filter,
    between,
    filtered: Object.keys(filter).length > 0,
    clear(): void {
      for (const set of [setSide]) set('all');
      for (const set of [setStatus, setCode, setApi, setApplication, setModel, setSearch]) set('');
      answer.clear();
    },
  };
}

export type RequestsState = ReturnType<typeof useRequestsState>;

/** Where a named range starts; to the minute, so that the same question is asked again and not a new one each time. */
export function startOf(range: RangeName): string {
  const minute = Math.floor(Date.now() / 60_000) * 60_000;
  return new Date(minute - rangeLengthMs(range)).toISOString();
}

function isStatusName(text: string): text is StatusName {
  return ['2xx', '3xx', '4xx', '5xx', 'failed'].includes(text);
}

function isId(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
}
