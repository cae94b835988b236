import { Duration, Money } from '@parley/ui/format';
import { TextLink } from '@parley/ui/link';
import { useShell } from '@/shell/shell-context.tsx';
import type { RequestFacts } from './request-item.ts';
import { SIDE_PURPOSE_WORDS } from './side-purposes.ts';

/** What the gateway asked models itself while it served the call. Only the publisher sees it, and pays for it. */
export function SideCallList({ facts: { inside } }: { facts: RequestFacts }) {
  const { href } = useShell();
  if (inside === null || inside.sideCalls.length === 0) return null;
  return (
    <section aria-labelledby="side-calls-title" className="flex flex-col gap-2">
      <h2 id="side-calls-title" className="font-semibold text-sm">
        Asked by the gateway for this call
      </h2>
      <ul className="flex flex-col gap-2 text-sm">
        {inside.sideCalls.map(({ id, purpose, model, code, durationUs, costNano, currency }) => (
          <li key={id} className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
            <TextLink href={href(`requests/${id}`)}>{SIDE_PURPOSE_WORDS[purpose]}</TextLink>
            <span className="text-muted text-xs">
              {model} · <Duration ms={durationUs / 1000} /> · <Money nano={costNano} currency={currency} />
              {code && ` · ${code}`}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
