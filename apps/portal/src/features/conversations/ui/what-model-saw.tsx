'use client';

import { Count } from '@parley/ui/format';
import { Notice } from '@parley/ui/page';
import { Skeleton } from '@parley/ui/skeleton';
import { useQuery } from '@tanstack/react-query';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import type { Conversation, Turn } from './conversation-words.ts';
import { TokenBar } from './token-bar.tsx';
import { TurnUses } from './turn-uses.tsx';

/**
 * What the call that made a turn is sent by the settings of now. No copy of what was sent then is kept, so that is said, and
 * the tokens that were recorded stand beside it.
 */
export function WhatModelSaw({ of, turn }: { of: Conversation; turn: Turn }) {
  const trpc = useTRPC();
  const preview = useQuery({
    ...trpc.conversations.preview.queryOptions({ session: of.id, turn: turn.id, ...modelOf(turn) }),
    retry: false,
  });
  const error = faultOf(preview.error);
  if (error) {
    return (
      <Notice title="What it was sent cannot be worked out now">
        {error.message} The record of the call says it was asked {turn.call?.inputTokens ?? 0} tokens.
      </Notice>
    );
  }
  if (!preview.data) return <Skeleton className="h-16" />;
  return (
    <section aria-label="What the model saw" className="flex flex-col gap-3 rounded-md bg-sunken p-4">
      <TokenBar preview={preview.data} label="What the model saw" />
      <TurnUses of={of} preview={preview.data} />
      <p className="text-faint text-xs">
        Worked out now, from the turns before this one and the settings of today: what was sent then is not kept. The
        provider counted <Count value={turn.call?.inputTokens ?? 0} /> tokens then.
      </p>
    </section>
  );
}

/** The model as its publisher calls it: plain names may mean several. */
function modelOf({ call }: Turn): { model?: string } {
  if (!call?.model) return {};
  return { model: call.publisher ? `${call.publisher}/${call.model}` : call.model };
}
