'use client';

import { Badge, type Tone } from '@parley/ui/badge';
import { CodeBlock } from '@parley/ui/code-block';
import type { Place, Tried } from './use-try.ts';

export type Finding = Omit<Tried['findings'][number], 'count'> & { readonly count?: number };

const OUTCOMES: Readonly<Record<Tried['outcome'], { label: string; tone: Tone }>> = {
  pass: { label: 'Passes', tone: 'success' },
  mask: { label: 'Masked', tone: 'warning' },
  block: { label: 'Blocked', tone: 'danger' },
};
const MODES: Readonly<Record<Finding['mode'], { label: string; tone: Tone }>> = {
  observe: { label: 'noted', tone: 'neutral' },
  mask: { label: 'masked', tone: 'warning' },
  block: { label: 'blocks', tone: 'danger' },
};
const GOES_ON: Readonly<Record<Place, string>> = {
  input: 'What the model gets',
  toolResults: 'What the model gets',
  output: 'What the caller gets',
  toolArguments: 'What the tool is given',
};

/** The verdict on a text, the text as it goes on, and every rule that held. */
export function VerdictView({ tried, place }: { tried: Tried; place: Place }) {
  const { outcome, text, findings } = tried;
  const { label, tone } = OUTCOMES[outcome];
  return (
    <div className="flex min-w-0 flex-col gap-4">
      <p role="status" className="flex flex-wrap items-center gap-2 text-sm">
        <Badge tone={tone} dot>
          {label}
        </Badge>
        <span className="text-muted">{sentence(tried)}</span>
      </p>
      {text !== null && (
        <CodeBlock
          wrap
          title={outcome === 'block' ? `${GOES_ON[place]} of a stream before it ends` : GOES_ON[place]}
          snippets={[{ label: GOES_ON[place], code: text }]}
        />
      )}
      {findings.length > 0 && (
        <ul aria-label="Findings" className="flex flex-col gap-2">
          {findings.map((finding) => (
            <FindingRow key={`${finding.check} ${finding.rule} ${finding.mode}`} finding={finding} />
          ))}
        </ul>
      )}
    </div>
  );
}

/** One rule that held: which, what follows, and why. */
export function FindingRow({ finding: { check, rule, mode, reason, kind, count, score } }: { finding: Finding }) {
  return (
    <li className="flex flex-col gap-1 rounded-md border p-3 text-sm">
      <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <span className="break-all font-medium font-mono text-xs">
          {check} · {rule}
        </span>
        <Badge tone={MODES[mode].tone}>{MODES[mode].label}</Badge>
      </span>
      <span className="break-words">{reason}</span>
      <span className="text-muted text-xs tabular-nums">
        Class {kind}
        {count !== undefined && ` · ${count === 1 ? 'once' : `${count} times`}`} · score {score.toFixed(2)}
      </span>
    </li>
  );
}

function sentence({ outcome, text, findings }: Tried): string {
  if (findings.length === 0) return 'Local checks found nothing.';
  if (outcome === 'pass') return 'What was found is only noted.';
  if (outcome === 'mask') return 'It goes on with what was found replaced.';
  return text === null ? 'The call is refused; the model is not asked.' : 'The answer ends before what was found.';
}
