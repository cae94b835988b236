'use client';

import { Button } from '@parley/ui/button';
import { ConfirmDialog } from '@parley/ui/dialog';
import { toast } from '@parley/ui/toast';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useShell } from '@/shell/shell-context.tsx';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import type { Conversation } from './conversation-words.ts';

export type ConversationAct = 'archive' | 'delete';

const WORDS: Readonly<Record<ConversationAct, { title: string; consequence: string; confirm: string }>> = {
  archive: {
    title: 'Archive this conversation?',
    consequence: 'It can still be read, but calls that go on with it are refused until it is made active again.',
    confirm: 'Archive',
  },
  delete: {
    title: 'Delete this conversation?',
    consequence:
      'Everything that was said in it is deleted everywhere it is kept. Nobody can bring it back. The records of its calls, which hold no words, stay.',
    confirm: 'Delete for good',
  },
};

/** Takes over what a change answered: the durable store has it some seconds later. */
export function useTakeChange(session: string, then: () => void = () => {}) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const place = trpc.conversations.get.queryOptions({ session }).queryKey;
  return ({ state, strategy }: Pick<Conversation, 'state' | 'strategy'>): void => {
    queries.setQueryData(place, (before) => before && { ...before, state, strategy });
    then();
  };
}

/** Lets calls go on with an archived conversation again. */
export function RestoreButton({ of }: { of: Conversation }) {
  const trpc = useTRPC();
  const restore = useMutation(
    trpc.conversations.restore.mutationOptions({
      onSuccess: useTakeChange(of.id),
      onError: (error) => toast({ tone: 'danger', title: error.message }),
    }),
  );
  return (
    <Button busy={restore.isPending} onClick={() => restore.mutate({ session: of.id })}>
      Make active again
    </Button>
  );
}

/** Asks before a conversation is archived or deleted. */
export function ActDialog({ of, act, onClose }: { of: Conversation; act: ConversationAct; onClose: () => void }) {
  const trpc = useTRPC();
  const router = useRouter();
  const { href } = useShell();
  const changed = { onSuccess: useTakeChange(of.id, onClose) };
  const archive = useMutation(trpc.conversations.archive.mutationOptions(changed));
  const remove = useMutation(
    trpc.conversations.delete.mutationOptions({
      onSuccess: () => {
        toast({ title: 'Deleted. It may stand in the list for some seconds.' });
        router.push(href('conversations'));
      },
    }),
  );
  const doing = { archive, delete: remove }[act];
  const { title, consequence, confirm } = WORDS[act];
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={title}
      consequence={consequence}
      confirmLabel={confirm}
      busy={doing.isPending}
      error={faultOf(doing.error)?.message}
      onConfirm={() => doing.mutate({ session: of.id })}
    />
  );
}
