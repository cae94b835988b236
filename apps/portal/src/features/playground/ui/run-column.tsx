'use client';

import { Badge } from '@parley/ui/badge';
import { Button, IconButton } from '@parley/ui/button';
import { CopyButton } from '@parley/ui/copy-button';
import { Input } from '@parley/ui/field';
import { Count, Duration } from '@parley/ui/format';
import { moneyText } from '@parley/ui/format-text';
import { Link } from '@parley/ui/link';
import { useQuery } from '@tanstack/react-query';
import { CornerDownLeft, X } from 'lucide-react';
import { useShell } from '@/shell/shell-context.tsx';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import { ToolCalls } from './turns-editor.tsx';
import type { Run } from './use-runs.ts';

interface Props {
  readonly at: number;
  readonly model: string;
  /** Id of the list of names to choose from. */
  readonly names: string;
  readonly run: Run | null;
  readonly onModel: (model: string) => void;
  /** `null` for the only column. */
  readonly onRemove: (() => void) | null;
  readonly onContinue: (run: Run) => void;
}

/** One model and its answer. */
export function RunColumn({ at, model, names, run, onModel, onRemove, onContinue }: Props) {
  return (
    <section aria-label={`Answer ${at + 1}`} className="flex min-w-0 flex-col rounded-md border bg-surface">
      <div className="flex items-center gap-1 border-b p-1.5">
        <Input
          aria-label={`Model ${at + 1}`}
          list={names}
          autoComplete="off"
          spellCheck={false}
          className="font-mono text-xs"
          placeholder="name of a model"
          value={model}
          onChange={(event) => onModel(event.target.value)}
        />
        {onRemove && (
          <IconButton label={`Remove model ${at + 1}`} size="sm" onClick={onRemove}>
            <X />
          </IconButton>
        )}
      </div>
      {run ? (
        <RunResult run={run} onContinue={() => onContinue(run)} />
      ) : (
        <p className="px-3 py-8 text-center text-faint text-sm">The answer appears here as it comes.</p>
      )}
    </section>
  );
}

const STATES: Readonly<Record<Run['state'], string>> = {
  running: 'Answering…',
  done: 'Answered',
  failed: 'No answer',
  stopped: 'Stopped',
};

function RunResult({ run, onContinue }: { run: Run; onContinue: () => void }) {
  const { text, reasoning, calls, state, problem } = run;
  const running = state === 'running';
  return (
    <>
      <div className="flex min-h-9 flex-wrap items-center gap-2 border-b px-3 py-1 text-xs">
        <Badge tone={state === 'done' ? 'success' : state === 'failed' ? 'danger' : 'neutral'}>{STATES[state]}</Badge>
        {run.finishReason && <span className="text-muted">{FINISHES[run.finishReason] ?? run.finishReason}</span>}
        {run.answeredBy && run.answeredBy !== run.model && (
          <span className="text-muted">
            by <span className="font-mono">{run.answeredBy}</span>
          </span>
        )}
        <span className="ml-auto">
          <CopyButton text={text} label="Copy the answer" />
        </span>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <div
        tabIndex={0}
        role="region"
        aria-label={`What ${run.model} says`}
        aria-busy={running}
        className="max-h-[32rem] min-h-24 flex-1 overflow-y-auto whitespace-pre-wrap break-words p-3 text-sm leading-6"
      >
        {reasoning && (
          <details className="mb-2 text-muted text-xs">
            <summary className="cursor-pointer">Thoughts</summary>
            <p className="mt-1 border-l-2 pl-2">{reasoning}</p>
          </details>
        )}
        {text}
        {running && (
          <span aria-hidden className="ml-0.5 inline-block h-4 w-1.5 animate-pulse bg-accent align-text-bottom" />
        )}
        {problem && (
          <p role="alert" className="text-danger-text">
            {problem}
          </p>
        )}
      </div>
      {calls.length > 0 && <ToolCalls calls={calls} />}
      {!running && <Figures run={run} />}
      {state === 'done' && (
        <div className="border-t p-2">
          <Button size="sm" variant="ghost" icon={<CornerDownLeft className="size-3.5" />} onClick={onContinue}>
            {calls.length > 0 ? 'Answer its tool calls' : 'Go on from this answer'}
          </Button>
        </div>
      )}
    </>
  );
}

const FINISHES: Readonly<Record<string, string>> = {
  stop: 'it was done',
  length: 'cut at its longest length',
  tool_calls: 'it calls tools',
  content_filter: 'stopped by a content filter',
};

function Figures({ run }: { run: Run }) {
  const { usage, firstMs, totalMs, requestId } = run;
  const spokenMs = totalMs !== null && firstMs !== null ? totalMs - firstMs : 0;
  const speed = usage && spokenMs > 50 ? Math.round((usage.outputTokens / spokenMs) * 1000) : null;
  return (
    <dl className="grid grid-cols-2 gap-x-4 gap-y-1.5 border-t bg-sunken px-3 py-2.5 text-xs">
      <Fact name="Tokens">
        {usage ? (
          <>
            <Count value={usage.inputTokens} /> in · <Count value={usage.outputTokens} /> out
          </>
        ) : (
          'not told'
        )}
      </Fact>
      <Fact name="Cost">{requestId ? <Cost id={requestId} /> : '–'}</Fact>
      <Fact name="First words">{firstMs === null ? '–' : <Duration ms={firstMs} />}</Fact>
      <Fact name="In all">
        {totalMs !== null && <Duration ms={totalMs} />}
        {speed !== null && ` · ${speed} tokens/s`}
      </Fact>
      {usage !== null && (usage.reasoningTokens > 0 || usage.cachedInputTokens > 0) && (
        <Fact name="Of these">
          {[
            usage.reasoningTokens > 0 ? `${usage.reasoningTokens} for thoughts` : '',
            usage.cachedInputTokens > 0 ? `${usage.cachedInputTokens} from the provider’s cache` : '',
          ]
            .filter(Boolean)
            .join(', ')}
        </Fact>
      )}
      {run.dropped && <Fact name="Left out">{run.dropped}</Fact>}
    </dl>
  );
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="text-faint">{name}</dt>
      <dd className="break-words tabular-nums">{children}</dd>
    </div>
  );
}

/** What the call was recorded with: the figure that is billed, a moment later. */
function Cost({ id }: { id: string }) {
  const trpc = useTRPC();
  const { can, href } = useShell();
  const recorded = useQuery({
    ...trpc.playground.recorded.queryOptions({ id }),
    enabled: can('usage.read'),
    retry: (count, error) => faultOf(error)?.code === 'not_found' && count < 12,
    retryDelay: 1500,
  });
  if (!can('usage.read')) return 'in the request log';
  if (recorded.isPending) return <span className="text-faint">being recorded…</span>;
  const { data } = recorded;
  return (
    <Link href={href(`requests/${id}`)} className="text-accent-text hover:underline">
      {data ? moneyText(BigInt(data.costNano), data.currency) : 'see the request'}
    </Link>
  );
}
