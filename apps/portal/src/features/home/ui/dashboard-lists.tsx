import { explainRefusal } from '@parley/contracts/refusal-explanations';
import { ButtonLink } from '@parley/ui/button';
import { Card } from '@parley/ui/card';
import { Count, RelativeTime } from '@parley/ui/format';
import { Link } from '@parley/ui/link';
import type { ReactNode } from 'react';
import { useShell } from '@/shell/shell-context.tsx';

import { auditActor, auditWords } from '@/words/audit-words.ts';
import type { Overview } from './overview.ts';

/** A heading, a list and the way to all of it. */
function ListCard({
  title,
  more,
  empty,
  children,
}: {
  title: string;
  more: { href: string; label: string };
  empty: string | null;
  children: ReactNode;
}) {
  return (
    <Card className="flex min-w-0 flex-col">
      <div className="flex items-center justify-between gap-3 border-b py-1.5 pr-2 pl-4">
        <h2 className="font-semibold text-sm">{title}</h2>
        <ButtonLink href={more.href} variant="ghost" size="sm">
          {more.label}
        </ButtonLink>
      </div>
      {empty === null ? (
        <ul className="divide-y">{children}</ul>
      ) : (
        <p className="px-4 py-8 text-center text-muted text-sm">{empty}</p>
      )}
    </Card>
  );
}

const ROW = 'flex items-start gap-3 px-4 py-2.5 hover:bg-hover';

/** What went wrong most in the last day, in words, each a way to its calls. */
export function ErrorList({ overview }: { overview: Overview }) {
  const { href } = useShell();
  const { errors, view } = overview;
  const callsOf = (error: Overview['errors'][number]): string => {
    const query = new URLSearchParams({ range: '24h', side: view, status: String(error.status) });
    if (error.code) query.set('code', error.code);
    return href(`requests?${query}`);
  };
  return (
    <ListCard
      title="Errors worth a look"
      more={{ href: href(`requests?range=24h&status=failed&side=${view}`), label: 'All errors' }}
      empty={errors.length === 0 ? 'No call failed in the last 24 hours.' : null}
    >
      {errors.map((error) => (
        <li key={`${error.code}${error.status}`}>
          <Link href={callsOf(error)} className={ROW}>
            <span className="min-w-0 flex-1">
              <span className="block truncate text-sm">
                {(error.code && explainRefusal(error.code)?.title) ?? `Answered ${error.status} by the upstream`}
              </span>
              <span className="block truncate text-faint text-xs">
                {error.apis.join(', ') || 'No API'} · {error.status}
                {error.code && ` ${error.code}`} · last <RelativeTime at={error.lastAt} />
              </span>
            </span>
            <span className="whitespace-nowrap font-medium text-sm">
              <Count value={error.calls} unit={error.calls === 1 ? 'call' : 'calls'} />
            </span>
          </Link>
        </li>
      ))}
    </ListCard>
  );
}

/** Who waits for a decision, the longest first. */
export function WaitingList({ approvals }: { approvals: NonNullable<Overview['approvals']> }) {
  const { href } = useShell();
  return (
    <ListCard
      title={approvals.waiting > 0 ? `Waiting for a decision (${approvals.waiting})` : 'Waiting for a decision'}
      more={{ href: href('approvals'), label: 'Approvals' }}
      empty={approvals.waiting === 0 ? 'Nobody waits for you.' : null}
    >
      {approvals.items.map((item) => (
        <li key={item.id}>
          <Link href={href('approvals')} className={ROW}>
            <span className="min-w-0 flex-1">
              <span className="block truncate text-sm">
                {item.application} asks for {item.api}
              </span>
              <span className="block truncate text-faint text-xs">{item.applicant}</span>
            </span>
            <span className="whitespace-nowrap text-muted text-xs">
              <RelativeTime at={item.requestedAt} />
            </span>
          </Link>
        </li>
      ))}
    </ListCard>
  );
}

/** What was changed last, and by whom. */
export function ChangeList({ audit }: { audit: NonNullable<Overview['audit']> }) {
  const { href } = useShell();
  return (
    <ListCard
      title="What changed"
      more={{ href: href('audit'), label: 'Audit log' }}
      empty={audit.length === 0 ? 'Nothing was changed yet.' : null}
    >
      {audit.map((entry) => (
        <li key={entry.id} className="flex items-start gap-3 px-4 py-2.5">
          <span className="min-w-0 flex-1 text-sm">
            <span className="text-muted">
              {auditActor(entry.actor)} {auditWords(entry.action)}
            </span>{' '}
            <span className="break-words font-medium">{entry.subject}</span>
          </span>
          <span className="whitespace-nowrap text-muted text-xs">
            <RelativeTime at={entry.at} />
          </span>
        </li>
      ))}
    </ListCard>
  );
}
