'use client';

import { Notice } from '@parley/ui/page';
import { clsx } from 'clsx';
import { Check, CircleDashed, CornerDownRight, Minus, X } from 'lucide-react';
import type { ReactNode } from 'react';
import type { RouterOutputs } from '@/trpc/root.ts';
import { ModelChoice } from '../routing/model-choice.tsx';
import { usePolicyForms } from './use-policies.ts';

type Reply = RouterOutputs['apis']['explain'];
type Step = Reply['steps'][number];

const TITLES: Readonly<Record<Step['step'], string>> = {
  route: 'Route',
  caller: 'Caller',
  subscription: 'Subscription',
  policy: 'Policy',
  request: 'Request',
  limits: 'Plan limits',
  upstream: 'Upstream',
};

const OUTCOMES: Readonly<Record<Step['outcome'], { word: string; icon: ReactNode; look: string }>> = {
  passes: { word: 'Passes', icon: <Check />, look: 'bg-success-soft text-success-text' },
  refuses: { word: 'Refuses', icon: <X />, look: 'bg-danger-soft text-danger-text' },
  told: { word: 'Applies', icon: <CornerDownRight />, look: 'bg-info-soft text-info-text' },
  off: { word: 'Off', icon: <Minus />, look: 'bg-hover text-muted' },
  lost: { word: 'None', icon: <X />, look: 'bg-warning-soft text-warning-text' },
  not_reached: { word: 'Not reached', icon: <CircleDashed />, look: 'bg-hover text-muted' },
};

/** The decisions of a call in their order, and how it ends; `brief` keeps the decisions folded. */
export function DryRunResult({ reply, brief = false }: { reply: Reply; brief?: boolean }) {
  return (
    <section aria-label="What it would meet" className="flex flex-col gap-4">
      {reply.refusal ? (
        <Notice tone="danger" title={`It would be refused: ${reply.refusal.status} ${reply.refusal.code}`}>
          {reply.refusal.message} {reply.refusal.nextStep}
        </Notice>
      ) : (
        <Notice tone="success" title="It would go through, as long as the limits last" />
      )}
      {reply.choice && <ModelChoice choice={reply.choice} />}
      {brief ? (
        <details className="text-sm">
          <summary className="cursor-pointer text-accent-text">Every decision</summary>
          <div className="mt-3">
            <Steps steps={reply.steps} />
          </div>
        </details>
      ) : (
        <Steps steps={reply.steps} />
      )}
    </section>
  );
}

function Steps({ steps }: { steps: readonly Step[] }) {
  const forms = usePolicyForms();
  const titleOf = ({ step, policy }: Step): string =>
    policy === null ? TITLES[step] : (forms?.find(({ kind }) => kind === policy)?.title ?? policy);
  return (
    <ol className="flex flex-col">
      {steps.map((step, at) => {
        const { word, icon, look } = OUTCOMES[step.outcome];
        return (
          <li key={at} className="relative flex gap-3 pb-4 last:pb-0">
            {at < steps.length - 1 && (
              <span aria-hidden className="absolute top-6 bottom-0 left-3 w-px -translate-x-1/2 bg-line" />
            )}
            <span
              aria-hidden
              className={clsx('flex size-6 shrink-0 items-center justify-center rounded-full [&_svg]:size-3.5', look)}
            >
              {icon}
            </span>
            <div className={clsx('min-w-0 pt-0.5', step.outcome === 'not_reached' && 'text-muted')}>
              <p className="text-sm">
                <span className="font-medium">{titleOf(step)}</span>
                <span className="ml-2 text-muted text-xs">{word}</span>
              </p>
              <p className="break-words text-muted text-sm">{step.sentence}</p>
              {step.notes.length > 0 && (
                <ul className="mt-1 list-inside list-disc text-faint text-xs">
                  {step.notes.map((note) => (
                    <li key={note} className="break-words">
                      {note}
                    </li>
                  ))}
                </ul>
              )}
            </div>
          </li>
        );
      })}
    </ol>
  );
}
