'use client';

import { Badge, StateBadge } from '@parley/ui/badge';
import { Button } from '@parley/ui/button';
import { Checkbox } from '@parley/ui/field';
import { RelativeTime } from '@parley/ui/format';
import { useEffect, useRef } from 'react';
import { type Approval, MOVES, MOVES_FROM, type Move } from './approval-types.ts';
import { PastBehaviour } from './past-behaviour.tsx';

/** One request or subscription: who, which application, plan, reason, past behaviour, and what may be done. */
export function ApprovalRow({
  row,
  current,
  selected,
  onSelect,
  onMove,
}: {
  row: Approval;
  current: boolean;
  selected: boolean;
  onSelect: (() => void) | null;
  onMove: ((move: Move) => void) | null;
}) {
  const ref = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (current) ref.current?.scrollIntoView({ block: 'nearest' });
  }, [current]);
  return (
    <li
      ref={ref}
      aria-current={current || undefined}
      className={`flex flex-wrap items-start gap-x-4 gap-y-3 rounded-md border px-4 py-3 ${current ? 'border-accent outline-1 outline-accent' : ''} ${selected ? 'bg-accent-soft' : 'bg-surface'}`}
    >
      {onSelect && (
        <Checkbox
          label={<span className="sr-only">Select the request of {row.applicant.name}</span>}
          checked={selected}
          onChange={onSelect}
        />
      )}
      <div className="flex min-w-64 flex-1 flex-col gap-1.5">
        <p className="flex flex-wrap items-center gap-x-2 gap-y-1 text-sm">
          <span className="font-medium">{row.applicant.name}</span>
          {row.applicant.person && <span className="text-muted">({row.applicant.person})</span>}
          <span className="text-muted">{row.state === 'requested' ? 'asks for' : 'for'}</span>
          <span className="font-medium">{row.api.name}</span>
          <Badge>{row.plan.name}</Badge>
          {row.state !== 'requested' && <StateBadge state={row.state} />}
        </p>
        <p className="text-muted text-sm">
          Application “{row.application.name}”{row.application.description && `: ${row.application.description}`}
        </p>
        {row.reason && <blockquote className="border-l-2 pl-3 text-sm">{row.reason}</blockquote>}
        {row.decidedAt && (
          <p className="text-muted text-sm">
            {decider(row)}
            <RelativeTime at={row.decidedAt} />
            {row.decisionReason && `: “${row.decisionReason}”`}
          </p>
        )}
        <p className="flex flex-wrap gap-x-2 text-faint text-xs">
          <span>
            asked <RelativeTime at={row.requestedAt} />
          </span>
          {row.expiresAt && (
            <span>
              · ends <RelativeTime at={row.expiresAt} />
            </span>
          )}
          <span>·</span>
          <PastBehaviour past={row.past} />
        </p>
      </div>
      {onMove && (
        <div className="flex gap-2">
          {MOVES_FROM[row.state].map((move) => (
            <Button
              key={move}
              size="sm"
              variant={MOVES[move].danger ? 'ghost' : 'secondary'}
              onClick={() => onMove(move)}
            >
              {MOVES[move].label}
            </Button>
          ))}
        </div>
      )}
    </li>
  );
}

/** Who decided last; tokens and the system have no name here. */
function decider(row: Approval): string {
  if (row.decidedBy) return `Decided by ${row.decidedBy}`;
  return row.plan.approval === 'auto' && row.state === 'approved' ? 'Granted by the plan' : 'Decided';
}
