'use client';

import { Badge } from '@parley/ui/badge';
import { Button } from '@parley/ui/button';
import { Notice } from '@parley/ui/page';
import { useMutation } from '@tanstack/react-query';
import { isFields, type Value } from '@/schema-form/schema-node.ts';
import { useShell } from '@/shell/shell-context.tsx';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import type { RouterInputs, RouterOutputs } from '@/trpc/root.ts';
import type { Place } from './use-try.ts';
import { FindingRow } from './verdict-view.tsx';

type Asked = RouterOutputs['guardrails']['ask']['asked'][number];

const WHO: Readonly<Record<Asked['check'], string>> = { judge: 'Judge', moderation: 'Moderation' };

/** The models that settings name, with what they are for. */
function namedIn(policy: Value): { check: Asked['check']; model: string }[] {
  if (!isFields(policy)) return [];
  return (['judge', 'moderation'] as const).flatMap((check) => {
    const part = policy[check];
    const model = isFields(part) ? part['model'] : undefined;
    return typeof model === 'string' && model !== '' ? [{ check, model }] : [];
  });
}

/** Asks the judging and moderation models of the settings, each once and only when pressed, and says what that cost. */
export function AskModels({ text, place, policy }: { text: string; place: Place; policy: Value }) {
  const trpc = useTRPC();
  const { can } = useShell();
  const ask = useMutation(trpc.guardrails.ask.mutationOptions());
  const named = namedIn(policy);
  if (named.length === 0) return null;
  const { data, variables } = ask;
  const stale = variables !== undefined && JSON.stringify(variables) !== JSON.stringify({ text, place, policy });
  const fault = faultOf(ask.error);
  return (
    <section aria-label="Models asked" className="flex min-w-0 flex-col gap-3 border-t pt-5">
      <h3 className="font-medium text-sm">Models</h3>
      {place === 'toolArguments' ? (
        <p className="text-muted text-sm">What tools are given is asked of no model.</p>
      ) : (
        <>
          <p className="text-muted text-sm">
            {named.map(({ check, model }) => `${WHO[check]}: ${model}`).join(', ')}. The text goes to{' '}
            {named.length === 1 ? 'its provider' : 'their providers'}, masked as above, as one question each at{' '}
            {named.length === 1 ? 'its' : 'each one’s'} price.
          </p>
          {can('apis.write') ? (
            <Button
              className="self-start"
              busy={ask.isPending}
              onClick={() => ask.mutate({ text, place, policy } as RouterInputs['guardrails']['ask'])}
            >
              {named.length === 1 ? 'Ask the model' : 'Ask both models'}
            </Button>
          ) : (
            <p className="text-muted text-sm">Your role does not ask models.</p>
          )}
        </>
      )}
      {fault && !ask.isPending && (
        <Notice tone="danger" title={fault.message}>
          {fault.issues.map(({ message }) => message).join(' ')}
        </Notice>
      )}
      {data && !ask.isPending && !fault && (
        <>
          {stale && <Notice tone="warning" title="Text or settings changed since: this is of before" />}
          {data.refusedBefore && (
            <Notice tone="info" title="Nobody was asked">
              Local checks refuse this text: the gateway would ask no model about it, and neither did this page.
            </Notice>
          )}
          <ul aria-label="Answers of models" className="flex flex-col gap-4">
            {data.asked.map((asked) => (
              <AskedView key={asked.check} asked={asked} />
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

function AskedView({ asked }: { asked: Asked }) {
  const { check, model, looksHere, scores, problem, findings } = asked;
  const blocked = findings.some(({ mode }) => mode === 'block');
  return (
    <li className="flex min-w-0 flex-col gap-2">
      <span className="flex flex-wrap items-center gap-2 text-sm">
        <span className="font-medium">
          {WHO[check]} <span className="font-mono text-xs">{model}</span>
        </span>
        <Badge tone={blocked ? 'danger' : findings.length > 0 ? 'warning' : 'success'} dot>
          {blocked ? 'Blocks' : findings.length > 0 ? 'Notes' : 'Passes'}
        </Badge>
        <span className="text-muted text-xs tabular-nums">{costOf(asked)}</span>
      </span>
      {!looksHere && (
        <p className="text-muted text-xs">
          By these settings it does not look here in calls; it was asked all the same.
        </p>
      )}
      {problem !== null && <p className="text-danger-text text-sm">{problem}</p>}
      {scores !== null && <Scores scores={scores} />}
      {findings.length > 0 && (
        <ul aria-label={`Findings of ${model}`} className="flex flex-col gap-2">
          {findings.map((finding) => (
            <FindingRow key={finding.rule} finding={finding} />
          ))}
        </ul>
      )}
    </li>
  );
}

/** Scores above nothing, highest first. */
function Scores({ scores }: { scores: Readonly<Record<string, number>> }) {
  const sorted = Object.entries(scores).sort(([, a], [, b]) => b - a);
  return (
    <p className="break-words text-muted text-xs tabular-nums">
      {sorted
        .slice(0, 6)
        .map(([category, score]) => `${category} ${score.toFixed(2)}`)
        .join(' · ')}
      {sorted.length > 6 && ` · ${sorted.length - 6} more, lower`}
    </p>
  );
}

function costOf({ cost, currency, inputTokens, outputTokens, latencyMs }: Asked): string {
  const tokens = `${inputTokens.toLocaleString('en')} + ${outputTokens.toLocaleString('en')} tokens`;
  return `${cost === null ? 'cost unknown' : `${cost} ${currency}`} · ${tokens} · ${latencyMs.toLocaleString('en')} ms`;
}
