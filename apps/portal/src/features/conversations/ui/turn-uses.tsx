import { clsx } from 'clsx';
import { type Conversation, type Preview, usesOf, whyWords } from './conversation-words.ts';

/** Which turns are sent and which are not, each with why. */
export function TurnUses({ of, preview }: { of: Conversation; preview: Preview }) {
  const places = new Map(of.timeline.map(({ id }, at) => [id, at + 1]));
  const uses = usesOf(preview.entries);
  if (uses.length === 0) return <p className="text-muted text-xs">Nothing stood before it: it was the first turn.</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <ol
      tabIndex={0}
      aria-label="Turns in and out"
      className="flex max-h-72 flex-col overflow-y-auto rounded-sm border bg-surface text-xs"
    >
      {uses.map(({ turn, sent, left, why }) => (
        <li key={turn} className="flex items-baseline gap-3 border-b px-3 py-1.5 last:border-b-0">
          <span className="w-14 shrink-0 text-muted tabular-nums">Turn {places.get(turn) ?? '?'}</span>
          <span className={clsx('w-16 shrink-0 font-medium', sent > 0 ? 'text-accent-text' : 'text-faint')}>
            {sent === 0 ? 'left out' : left > 0 ? 'in part' : 'sent'}
          </span>
          <span className="min-w-0 flex-1 text-muted">{why.map(whyWords).join('; ')}</span>
          <span className="shrink-0 text-muted tabular-nums">{sent + left} tok</span>
        </li>
      ))}
    </ol>
  );
}
