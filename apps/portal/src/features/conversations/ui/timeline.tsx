'use client';

import { Badge } from '@parley/ui/badge';
import { Button } from '@parley/ui/button';
import { EmptyState } from '@parley/ui/empty-state';
import { Notice } from '@parley/ui/page';
import { useMutation } from '@tanstack/react-query';
import { ArrowRightLeft, Eye, MessagesSquare } from 'lucide-react';
import { useState } from 'react';
import { useShell } from '@/shell/shell-context.tsx';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import { type Conversation, coloursOf, type Read, speakerOf, type Turn } from './conversation-words.ts';
import { Instructions } from './instructions.tsx';
import { TurnCard } from './turn-card.tsx';

/** What happened, turn by turn. What was said is opened when asked for, since each reading is noted. */
export function Timeline({ of }: { of: Conversation }) {
  const trpc = useTRPC();
  const [read, setRead] = useState<Read | null>(null);
  const reading = useMutation(
    trpc.conversations.read.mutationOptions({
      onSuccess: (more) => setRead((before) => (before ? { ...more, turns: [...before.turns, ...more.turns] } : more)),
    }),
  );
  const colours = coloursOf(of.timeline);
  const said = new Map(read?.turns.map((turn) => [turn.id, turn]));
  if (of.timeline.length === 0) {
    return (
      <EmptyState icon={<MessagesSquare aria-hidden />} title="Nothing was said yet">
        The first call that names this conversation makes its first turn; it stands here some seconds later.
      </EmptyState>
    );
  }
  const error = faultOf(reading.error);
  return (
    <div className="flex flex-col gap-4">
      {read === null ? (
        <Sealed busy={reading.isPending} onRead={() => reading.mutate({ session: of.id })} />
      ) : (
        <Instructions read={read} />
      )}
      {error && <Notice tone="danger" title={error.message} />}
      <Speakers of={of} colours={colours} />
      <ol aria-label="Turns" className="flex flex-col gap-3">
        {of.timeline.map((turn, at) => (
          <li key={turn.id} className="flex flex-col gap-3">
            <HandOver from={of.timeline[at - 1]} to={turn} />
            <TurnCard
              of={of}
              turn={turn}
              number={at + 1}
              colour={colours.get(speakerOf(turn).name) ?? 'currentColor'}
              said={said.get(turn.id)}
            />
          </li>
        ))}
      </ol>
      {read?.nextAfter != null && (
        <div className="flex justify-center">
          <Button
            busy={reading.isPending}
            onClick={() => reading.mutate({ session: of.id, after: read.nextAfter ?? 0 })}
          >
            Show what was said in later turns
          </Button>
        </div>
      )}
    </div>
  );
}

function Sealed({ busy, onRead }: { busy: boolean; onRead: () => void }) {
  const { can } = useShell();
  return (
    <div className="flex flex-wrap items-center justify-between gap-3 rounded-md border bg-sunken px-4 py-3">
      <p className="text-muted text-sm">
        What was said is sealed.{' '}
        {can('bodies.read')
          ? 'Your reading is noted in the audit log.'
          : 'Your role may not read it; an owner or admin can.'}
      </p>
      {can('bodies.read') && (
        <Button size="sm" icon={<Eye aria-hidden className="size-3.5" />} busy={busy} onClick={onRead}>
          Show what was said
        </Button>
      )}
    </div>
  );
}

/** Who spoke, in the colours of the timeline. */
function Speakers({ of, colours }: { of: Conversation; colours: ReadonlyMap<string, string> }) {
  const turns = Map.groupBy(of.timeline, (turn) => speakerOf(turn).name);
  return (
    <ul aria-label="Who spoke" className="flex flex-wrap gap-2">
      {[...turns].map(([name, all]) => (
        <li key={name} className="flex items-center gap-2 rounded-full border px-2.5 py-1 text-xs">
          <span aria-hidden className="size-2 rounded-full" style={{ background: colours.get(name) }} />
          <span className="font-medium">{name}</span>
          <span className="text-faint">
            {all.length} {all.length === 1 ? 'turn' : 'turns'}
          </span>
        </li>
      ))}
    </ul>
  );
}

/** A band where another party acts than before. */
function HandOver({ from, to }: { from: Turn | undefined; to: Turn }) {
  const before = from?.call?.party?.acting;
  const now = to.call?.party?.acting;
  if (before === undefined || now === undefined || before === now) return null;
  return (
    <p className="flex items-center gap-2 text-muted text-xs">
      <span aria-hidden className="h-px flex-1 bg-line" />
      <ArrowRightLeft aria-hidden className="size-3.5 shrink-0" />
      <span>
        From here <Badge tone="accent">{now}</Badge> acts, before it <Badge>{before}</Badge>
      </span>
      <span aria-hidden className="h-px flex-1 bg-line" />
    </p>
  );
}
