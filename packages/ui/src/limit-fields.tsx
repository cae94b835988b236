'use client';

import { Plus, X } from 'lucide-react';
import { Button, IconButton } from './button.tsx';
import { Input, Select } from './field.tsx';

/** A limit as it is typed. */
export interface LimitDraft {
  readonly key: number;
  readonly requests: string;
  readonly windowSeconds: string;
}

const WINDOWS = [
  { value: '1', label: 'a second' },
  { value: '60', label: 'a minute' },
  { value: '3600', label: 'an hour' },
  { value: '86400', label: 'a day' },
  { value: '604800', label: 'a week' },
  { value: '2592000', label: '30 days' },
];

let lastKey = 0;

export function limitDrafts(limits: readonly { requests: number; windowSeconds: number }[]): LimitDraft[] {
  return limits.map(({ requests, windowSeconds }) => ({
    key: ++lastKey,
    requests: String(requests),
    windowSeconds: String(windowSeconds),
  }));
}

export function readLimitDrafts(drafts: readonly LimitDraft[]): { requests: number; windowSeconds: number }[] {
  return drafts.map(({ requests, windowSeconds }) => ({
    requests: Number(requests),
    windowSeconds: Number(windowSeconds),
  }));
}

/** How many requests in how long a time: none, one or several, which hold together. */
export function LimitFields({
  limits,
  onChange,
  error,
}: {
  limits: readonly LimitDraft[];
  onChange: (limits: LimitDraft[]) => void;
  error?: string | undefined;
}) {
  const change = (key: number, part: Partial<LimitDraft>): void =>
    onChange(limits.map((limit) => (limit.key === key ? { ...limit, ...part } : limit)));
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-2 font-medium text-sm">Limits</legend>
      {limits.length === 0 && <p className="text-muted text-sm">No limit on the number of requests.</p>}
      {limits.map((limit, at) => (
        <div key={limit.key} className="flex items-center gap-2">
          <Input
            aria-label={`Requests of limit ${at + 1}`}
            inputMode="numeric"
            className="w-28 tabular-nums"
            value={limit.requests}
            onChange={(event) => change(limit.key, { requests: event.target.value.replaceAll(/\D/g, '') })}
          />
          <span className="shrink-0 text-muted text-sm">requests</span>
          <Select
            aria-label={`Window of limit ${at + 1}`}
            className="min-w-28 flex-1"
            value={limit.windowSeconds}
            onChange={(event) => change(limit.key, { windowSeconds: event.target.value })}
            options={
              WINDOWS.some(({ value }) => value === limit.windowSeconds)
                ? WINDOWS
                : [...WINDOWS, { value: limit.windowSeconds, label: `${limit.windowSeconds} seconds` }]
            }
          />
          <IconButton
            label={`Remove limit ${at + 1}`}
            size="sm"
            onClick={() => onChange(limits.filter((one) => one.key !== limit.key))}
          >
            <X />
          </IconButton>
        </div>
      ))}
      {error && (
        <p role="alert" className="text-danger-text text-xs">
          {error}
        </p>
      )}
      <p className="text-faint text-xs">
        Over a limit, calls are answered 429 with the seconds to wait. All limits hold at the same time.
      </p>
      <Button
        size="sm"
        className="self-start"
        icon={<Plus className="size-3.5" />}
        onClick={() => onChange([...limits, ...limitDrafts([{ requests: 60, windowSeconds: 60 }])])}
      >
        Add limit
      </Button>
    </fieldset>
  );
}
