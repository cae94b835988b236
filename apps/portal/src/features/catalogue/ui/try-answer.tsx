import { Badge } from '@parley/ui/badge';
import { CopyButton } from '@parley/ui/copy-button';
import { Duration, ShortId } from '@parley/ui/format';
import type { TryResult } from './use-try.ts';

/** The answer as it comes: status, times, request id, text. */
export function TryAnswer({ result }: { result: TryResult }) {
  const { status, state, text, headers, firstMs, totalMs } = result;
  const good = status !== null && status < 400;
  const requestId = headers['x-request-id'];
  return (
    <section aria-label="Answer" className="flex min-w-0 flex-col gap-2 border-t pt-4">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1 text-faint text-xs">
        {status !== null && <Badge tone={good ? 'success' : 'danger'}>{status}</Badge>}
        {state === 'running' && <span>{status === null ? 'Waiting for the first byte…' : 'Receiving…'}</span>}
        {state === 'stopped' && <span>Stopped.</span>}
        {firstMs !== null && (
          <span>
            first byte <Duration ms={firstMs} />
          </span>
        )}
        {totalMs !== null && (
          <span>
            in all <Duration ms={totalMs} />
          </span>
        )}
        {headers['retry-after'] && <span>try again in {headers['retry-after']} s</span>}
        {requestId && (
          <span className="inline-flex items-center gap-1">
            request <ShortId id={requestId} />
          </span>
        )}
      </div>
      {(text || state !== 'running') && (
        <div className="relative">
          {text && (
            <span className="absolute top-1 right-1 rounded-md bg-sunken">
              <CopyButton text={text} label="Copy the answer" />
            </span>
          )}
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
          <pre
            tabIndex={0}
            aria-label="Body of the answer"
            aria-live="polite"
            className={`max-h-96 overflow-auto whitespace-pre-wrap break-words rounded-md bg-sunken py-3 pr-10 pl-3 font-mono text-xs leading-5 ${state === 'failed' ? 'text-danger-text' : ''}`}
          >
            {text || <span className="text-faint">The answer has no body.</span>}
          </pre>
        </div>
      )}
    </section>
  );
}
