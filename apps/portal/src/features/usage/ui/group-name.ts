import type { Split } from './usage-state.ts';

interface Named {
  readonly name: string | null;
}

const OUTCOMES: Readonly<Record<string, string>> = {
  ok: 'Answered (2xx, 3xx)',
  client_error: 'Caller’s error (4xx)',
  limited: 'Over the limit (429)',
  server_error: 'Failed (5xx)',
};

const NONE: Readonly<Record<Split, string>> = {
  api: 'No API (listing models, or a wrong address)',
  application: 'No application',
  model: 'No model',
  outcome: 'Unknown',
};

/** What a group of calls is called. */
export function groupName(split: Split, key: string, name: Named | null): string {
  if (key === 'other') return 'Everything else';
  if (split === 'outcome') return OUTCOMES[key] ?? key;
  if (key === '') return NONE[split];
  return name?.name ?? (split === 'model' ? key : `Deleted (…${key.slice(-8)})`);
}
