import { Duration } from '@parley/ui/format';
import { clsx } from 'clsx';
import type { RequestFacts } from './request-item.ts';

type OneTry = NonNullable<RequestFacts['inside']>['tries'][number];

const REASONS: Readonly<Record<OneTry['reason'], string>> = {
  first: 'First try',
  key: 'With the provider’s next key',
  again: 'Once more',
  fallback: 'At the next model',
  hedge: 'Beside the one before, which had not begun to answer',
  resume: 'To go on with the answer that broke off',
  repair: 'Asked to repair its answer',
};

const OUTCOMES: Readonly<Record<OneTry['outcome'], string>> = {
  answered: 'Answered',
  lost: 'Let go: another began first',
  client_left: 'The caller left',
  stopped: 'Ended by the gateway',
  invalid_request: 'Request refused',
  authentication: 'Key not accepted',
  permission: 'Not permitted',
  not_found: 'Not found there',
  too_large: 'Request too large',
  rate_limit: 'Rate limited',
  quota: 'No credit left there',
  overloaded: 'Overloaded',
  timeout: 'No answer in time',
  server: 'Failed or not reached',
  context_window: 'Longer than the model takes',
  content_policy: 'Refused by its content policy',
  cut: 'The answer broke off',
  nonsense: 'No answer of its protocol',
};

/** Each try of a call to a model: whom it asked, when, and how that ended. Nothing where the only one answered. */
export function RequestTries({ facts }: { facts: RequestFacts }) {
  const tries = facts.inside?.tries ?? [];
  if (tries.length === 0) return null;
  const wholeMs = Math.max(1, facts.durationUs / 1000);
  return (
    <section aria-labelledby="tries-title" className="flex flex-col gap-3">
      <h2 id="tries-title" className="font-semibold text-sm">
        Tries
      </h2>
      <ol className="flex flex-col gap-3">
        {tries.map((one, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: tries never move
          <li key={at} className="flex flex-col gap-1 text-sm">
            <span className="flex flex-wrap items-baseline gap-x-2">
              <span className="font-medium">{one.model}</span>
              <span className="text-muted">{REASONS[one.reason]}</span>
              <span className={clsx('ml-auto', one.outcome === 'answered' ? 'text-success-text' : 'text-danger-text')}>
                {OUTCOMES[one.outcome]}
                {one.status !== null && one.outcome !== 'answered' && ` (${one.status})`}
              </span>
            </span>
            <span aria-hidden className="relative h-1.5 w-full rounded-sm bg-hover">
              <span
                className={clsx(
                  'absolute h-full min-w-0.5 rounded-sm',
                  one.outcome === 'answered' ? 'bg-chart-1' : 'bg-chart-3',
                )}
                style={{
                  left: `${Math.min(99, (one.atMs / wholeMs) * 100)}%`,
                  width: `${Math.min(100 - (one.atMs / wholeMs) * 100, (one.durationMs / wholeMs) * 100)}%`,
                }}
              />
            </span>
            <span className="text-faint text-xs">
              {one.provider && (one.provider.name ?? 'A provider that was deleted')}
              {one.key && `, key ${one.key.label ?? 'that was deleted'}`}
              {' · began after '}
              <Duration ms={one.atMs} />
              {', took '}
              <Duration ms={one.durationMs} />
              {one.firstTokenMs !== null && (
                <>
                  {', first token after '}
                  <Duration ms={one.firstTokenMs} />
                </>
              )}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}
