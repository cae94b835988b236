import { Badge, type Tone } from '@parley/ui/badge';
import type { RequestFacts } from './request-item.ts';

type Guard = NonNullable<RequestFacts['guard']>;

const OUTCOMES: Readonly<Record<Guard['outcome'], { label: string; tone: Tone }>> = {
  pass: { label: 'Noted', tone: 'neutral' },
  mask: { label: 'Masked', tone: 'warning' },
  block: { label: 'Stopped', tone: 'danger' },
};
const MODES: Readonly<Record<Guard['findings'][number]['mode'], { label: string; tone: Tone }>> = {
  observe: { label: 'noted', tone: 'neutral' },
  mask: { label: 'masked', tone: 'warning' },
  block: { label: 'stopped the call', tone: 'danger' },
};
const PLACES: Readonly<Record<string, string>> = {
  input: 'in the call',
  toolResults: 'in a document or tool’s answer',
  output: 'in the answer',
  toolArguments: 'in arguments for a tool',
};

/** What guardrails found, rule by rule; never the text it was found in. */
export function RequestFindings({ guard }: { guard: Guard | null }) {
  if (guard === null) return null;
  const outcome = OUTCOMES[guard.outcome];
  return (
    <section aria-labelledby="guard-title" className="flex flex-col gap-2">
      <h2 id="guard-title" className="flex items-center gap-2 font-semibold text-sm">
        Guardrails <Badge tone={outcome.tone}>{outcome.label}</Badge>
      </h2>
      <ul className="flex flex-col gap-1.5 text-sm">
        {guard.findings.map(({ check, rule, place, mode, count, reason }) => (
          <li key={`${check} ${rule} ${place}`} className="flex flex-wrap items-baseline gap-x-2">
            <span className="font-mono text-xs">{rule}</span>
            <span className="text-muted">
              {count > 1 ? `${count} times ` : ''}
              {PLACES[place] ?? place}
            </span>
            <Badge tone={MODES[mode].tone}>{MODES[mode].label}</Badge>
            {reason && <span className="w-full break-words">{reason}</span>}
          </li>
        ))}
      </ul>
    </section>
  );
}

/** What the caller said of the answer. */
export function RequestFeedback({ feedback }: { feedback: RequestFacts['feedback'] }) {
  if (feedback === null) return null;
  return (
    <section aria-labelledby="feedback-title" className="flex flex-col gap-2">
      <h2 id="feedback-title" className="flex items-center gap-2 font-semibold text-sm">
        Feedback
        <Badge tone={feedback.score >= 0.5 ? 'success' : 'danger'}>{Math.round(feedback.score * 100)} of 100</Badge>
      </h2>
      {feedback.comment && (
        <blockquote className="whitespace-pre-wrap break-words border-l-2 pl-3 text-sm">{feedback.comment}</blockquote>
      )}
    </section>
  );
}
