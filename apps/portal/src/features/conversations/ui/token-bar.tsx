import { Count } from '@parley/ui/format';
import { type Preview, usesOf } from './conversation-words.ts';

/** How much of a model's window a call would fill: what is sent of the conversation, what else, what is left out. */
export function TokenBar({ preview, label }: { preview: Preview; label: string }) {
  const uses = usesOf(preview.entries);
  const sent = uses.reduce((sum, use) => sum + use.sent, 0);
  const left = uses.reduce((sum, use) => sum + use.left, 0);
  const turnsLeft = uses.filter((use) => use.sent === 0).length;
  if (preview.tokens === null || preview.budget === null) {
    return <p className="text-danger-text text-sm">{preview.overflow}</p>;
  }
  const rest = Math.max(0, preview.tokens - sent);
  const whole = Math.max(preview.budget, preview.tokens + left, 1);
  const share = (tokens: number): string => `${(tokens / whole) * 100}%`;
  return (
    <div className="flex flex-col gap-1.5">
      <div
        role="img"
        aria-label={`${label}: ${preview.tokens} of ${preview.budget} tokens sent, ${left} left out`}
        className="relative flex h-3 w-full overflow-hidden rounded-full bg-hover"
      >
        <span className="h-full bg-accent" style={{ width: share(sent) }} />
        <span className="h-full" style={{ width: share(rest), background: 'var(--p-chart-3)' }} />
        <span
          className="h-full"
          style={{
            width: share(left),
            background: 'repeating-linear-gradient(135deg, var(--p-line-strong) 0 2px, transparent 2px 6px)',
          }}
        />
      </div>
      <p className="flex flex-wrap gap-x-4 gap-y-1 text-muted text-xs">
        <Key colour="var(--p-accent)">
          <Count value={sent} /> of the conversation
        </Key>
        <Key colour="var(--p-chart-3)">
          <Count value={rest} /> instructions and request
        </Key>
        {left > 0 && (
          <Key colour="var(--p-line-strong)">
            <Count value={left} /> left out{turnsLeft > 0 && ` (${turnsLeft} ${turnsLeft === 1 ? 'turn' : 'turns'})`}
          </Key>
        )}
        <span>
          room for <Count value={preview.budget} />
        </span>
      </p>
    </div>
  );
}

function Key({ colour, children }: { colour: string; children: React.ReactNode }) {
  return (
    <span className="inline-flex items-center gap-1.5">
      <span aria-hidden className="size-2 rounded-xs" style={{ background: colour }} />
      <span>{children}</span>
    </span>
  );
}
