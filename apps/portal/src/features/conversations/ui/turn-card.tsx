'use client';

import { Button } from '@parley/ui/button';
import { Count, Money, RelativeTime } from '@parley/ui/format';
import { Link } from '@parley/ui/link';
import { useState } from 'react';
import { useShell } from '@/shell/shell-context.tsx';
import { askedIn, type Conversation, type Read, speakerOf, type Turn, turnStateWords } from './conversation-words.ts';
import { MessageText } from './message-text.tsx';
import { WhatModelSaw } from './what-model-saw.tsx';

interface Props {
  readonly of: Conversation;
  readonly turn: Turn;
  readonly number: number;
  readonly colour: string;
  /** What was said, once it is opened. */
  readonly said: Read['turns'][number] | undefined;
}

/** One turn: who, through what, how many tokens, what it cost; and what was said where that is open. */
export function TurnCard({ of, turn, number, colour, said }: Props) {
  const { href } = useShell();
  const [open, setOpen] = useState(false);
  const call = askedIn(turn);
  const speaker = speakerOf(turn);
  const state = turnStateWords(turn.state);
  return (
    <article
      aria-label={`Turn ${number}`}
      className="flex flex-col gap-3 rounded-md border border-l-4 bg-surface p-4"
      style={{ borderLeftColor: colour }}
    >
      <header className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1">
        <p className="min-w-0 text-sm">
          <span className="text-faint tabular-nums">{number}</span>{' '}
          <span className="break-words font-medium">{speaker.name}</span>{' '}
          <span className="text-muted text-xs">
            {speaker.note}
            {said?.author && ` (${[said.author.kind, said.author.role].filter(Boolean).join(', ')})`}
          </span>
        </p>
        <span className="text-muted text-xs">
          <RelativeTime at={turn.at} />
        </span>
      </header>
      {state && <p className="text-warning-text text-xs">{state}.</p>}
      {said?.messages.map((message, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: messages of a turn have no names and never change places
        <MessageText key={at} message={message} />
      ))}
      <footer className="flex flex-wrap items-center gap-x-4 gap-y-2 text-muted text-xs">
        {call ? (
          <>
            <span className="break-all">
              {call.model}
              {call.api && ` at ${call.publisher ?? ''}/${call.api}`}
              {said && `, ${said.dialect.replaceAll('_', ' ')}`}
            </span>
            <span>
              <Count value={call.inputTokens} /> tokens asked
              {call.cachedInputTokens > 0 && (
                <>
                  {' '}
                  (<Count value={call.cachedInputTokens} /> cached)
                </>
              )}
              , <Count value={call.outputTokens} /> answered
            </span>
            <Link href={href(`requests/${turn.id}`)} className="font-medium text-accent-text hover:underline">
              <Money nano={call.costNano} currency={call.currency} />
              <span className="sr-only">, the record of the call of turn {number}</span>
            </Link>
            <Button size="sm" variant="ghost" aria-expanded={open} onClick={() => setOpen(!open)}>
              What the model saw
            </Button>
          </>
        ) : (
          <span>
            {turn.call
              ? 'Appended: no model was asked.'
              : 'Appended without asking a model, or the record of its call is still on its way.'}
          </span>
        )}
      </footer>
      {open && <WhatModelSaw of={of} turn={turn} />}
    </article>
  );
}
