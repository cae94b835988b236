'use client';

import { Button } from '@parley/ui/button';
import { TitledCard } from '@parley/ui/card';
import { Field, Input } from '@parley/ui/field';
import { Money, RelativeTime } from '@parley/ui/format';
import { TextLink } from '@parley/ui/link';
import { Notice } from '@parley/ui/page';
import { useUrlState } from '@parley/ui/url-state';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { useShell } from '@/shell/shell-context.tsx';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import type { RouterOutputs } from '@/trpc/root.ts';

type Answer = RouterOutputs['budgets']['explain'];
type Limit = NonNullable<Answer['limit']>;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** A request id in, the budget or limit that refused the call out. */
export function WhyRefused() {
  const trpc = useTRPC();
  const [asked, setAsked] = useUrlState('refused', '');
  const [typed, setTyped] = useState(asked);
  const valid = UUID.test(asked);
  const answer = useQuery({ ...trpc.budgets.explain.queryOptions({ id: asked }), enabled: valid, retry: false });
  const fault = faultOf(answer.error);
  return (
    <TitledCard
      title="Why was a call refused?"
      description="Paste its request id: the answer’s header X-Request-Id, or the log."
    >
      <form
        className="flex flex-wrap items-end gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          setAsked(typed.trim());
        }}
      >
        <Field label="Request id" className="min-w-60 flex-1">
          <Input
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
            className="font-mono"
            placeholder="01a2…"
          />
        </Field>
        <Button type="submit" busy={answer.isFetching}>
          Explain
        </Button>
      </form>
      <div className="mt-4 empty:hidden" aria-live="polite">
        {asked && !valid && <Notice tone="warning" title="This is no request id." />}
        {fault && <Notice tone="warning" title={fault.message} />}
        {answer.data && <Explained answer={answer.data} />}
      </div>
    </TitledCard>
  );
}

function Explained({ answer }: { answer: Answer }) {
  const { href, can } = useShell();
  const { limit } = answer;
  const log = can('usage.read') && <TextLink href={href(`requests/${answer.id}`)}>See the call</TextLink>;
  if (limit === null) {
    return (
      <Notice tone="info" title={`No budget or limit refused this call; it was answered ${answer.status}.`}>
        {log}
      </Notice>
    );
  }
  return (
    <div className="flex flex-col gap-3 text-sm">
      <p>
        {sentenceOf(limit)} {insteadOf(limit)}
      </p>
      <dl className="grid grid-cols-2 gap-3 sm:grid-cols-4">
        <Figure name="It may have taken">{amountOf(limit, limit.wanted)}</Figure>
        <Figure name="Was left">{amountOf(limit, limit.left)}</Figure>
        <Figure name="Held by running calls">{amountOf(limit, limit.held)}</Figure>
        <Figure name="Allowed">{amountOf(limit, limit.amount)}</Figure>
      </dl>
      <p className="text-muted text-xs">
        {limit.instead === undefined ? 'Refused' : 'Made smaller'} <RelativeTime at={answer.at} />
        {limit.resetsAt !== null && (
          <>
            ; begins anew <RelativeTime at={limit.resetsAt} />
          </>
        )}
        . {log}
      </p>
    </div>
  );
}

function sentenceOf({ source, name, budget }: Limit): ReactNode {
  if (source === 'budget') {
    const title = budget?.name ?? name;
    return (
      <>
        The budget <strong className="font-medium">{title}</strong> had no room for the most it may have cost
        {budget === null && ' (it is gone since)'}.
      </>
    );
  }
  if (source === 'credit') return 'The caller’s plan is paid from credit, and what is left may not pay for it.';
  if (source === 'plan') return 'The caller’s plan allows no more calls in that time.';
  return (
    <>
      The limit <strong className="font-medium">{name}</strong> in the API’s policy had no room for it.
    </>
  );
}

/** What was done for the call to fit, where it was not refused. */
function insteadOf({ instead }: Limit): string {
  if (instead === undefined) return '';
  if (instead.kind === 'cheaperModel') return `So it went to the cheaper model ${instead.model}, and was let in.`;
  return `So its answer was lowered to ${instead.outputTokens.toLocaleString('en')} tokens at most, and it was let in.`;
}

const UNITS = { requests: 'calls', requestBytes: 'bytes', tokens: 'tokens', running: 'at once' } as const;

function amountOf({ counts, currency }: Limit, amount: number): ReactNode {
  if (counts === 'cost') return <Money nano={String(Math.max(0, Math.round(amount)))} currency={currency} />;
  return `${Math.max(0, amount).toLocaleString('en')} ${UNITS[counts]}`;
}

function Figure({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="text-muted text-xs">{name}</dt>
      <dd className="font-medium tabular-nums">{children}</dd>
    </div>
  );
}
