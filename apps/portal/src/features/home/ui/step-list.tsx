import { clsx } from 'clsx';
import { Check, ChevronDown } from 'lucide-react';
import { type ReactNode, useState } from 'react';

export interface StepView {
  readonly id: string;
  readonly title: string;
  readonly words: string;
  readonly done: boolean;
  /** Stands beside the title once it is done. */
  readonly doneWords: string;
  /** Not done, and not the reader's to do: what is waited for. */
  readonly waiting?: string;
  /** Shows its content although it is done. */
  readonly open?: boolean;
  /** What does the step, in place. */
  readonly content: ReactNode;
}

/** Steps in order. The next one is open; any other opens when asked. */
export function StepList({ steps }: { steps: readonly StepView[] }) {
  const next = steps.find((step) => !step.done && !step.waiting)?.id;
  const done = steps.filter((step) => step.done).length;
  return (
    <div className="flex flex-col gap-3">
      <div className="flex items-center gap-3 text-muted text-xs">
        <span
          role="progressbar"
          aria-label="Steps done"
          aria-valuemin={0}
          aria-valuemax={steps.length}
          aria-valuenow={done}
          className="block h-1.5 w-40 overflow-hidden rounded-full bg-hover"
        >
          <span className="block h-full bg-accent" style={{ width: `${(done / steps.length) * 100}%` }} />
        </span>
        {done} of {steps.length} done
      </div>
      <ol className="divide-y rounded-md border bg-surface">
        {steps.map((step, at) => (
          <Step key={step.id} step={step} number={at + 1} next={step.id === next} />
        ))}
      </ol>
    </div>
  );
}

function Step({ step, number, next }: { step: StepView; number: number; next: boolean }) {
  const [asked, setAsked] = useState<boolean | null>(null);
  const open = asked ?? (next || step.open === true);
  const panel = `step-${step.id}`;
  return (
    <li className={clsx('px-4', open ? 'py-5' : 'py-3.5')}>
      <div className="flex items-start gap-4">
        <span
          aria-hidden
          className={clsx(
            'flex size-6 shrink-0 items-center justify-center rounded-full font-medium text-xs tabular-nums',
            step.done
              ? 'bg-success-soft text-success-text'
              : next
                ? 'bg-accent text-on-accent'
                : 'border border-line-strong text-muted',
          )}
        >
          {step.done ? <Check className="size-3.5" strokeWidth={3} /> : number}
        </span>
        <div className="flex min-w-0 flex-1 flex-col gap-3">
          <h2>
            <button
              type="button"
              aria-expanded={open}
              aria-controls={panel}
              onClick={() => setAsked(!open)}
              className="flex w-full items-center gap-2 text-left"
            >
              <span className={clsx('text-sm', step.done && !open ? 'text-muted' : 'font-medium')}>
                {step.title}
                {step.done && <span className="sr-only"> (done)</span>}
              </span>
              <span className="ml-auto flex items-center gap-2 text-faint text-xs">
                {step.done ? step.doneWords : step.waiting}
                <ChevronDown aria-hidden className={clsx('size-4 transition-transform', open && 'rotate-180')} />
              </span>
            </button>
          </h2>
          <div id={panel} hidden={!open} className={open ? 'flex flex-col items-start gap-4' : ''}>
            <p className="max-w-2xl text-muted text-sm">{step.words}</p>
            {open && <div className="w-full min-w-0">{step.content}</div>}
          </div>
        </div>
      </div>
    </li>
  );
}
