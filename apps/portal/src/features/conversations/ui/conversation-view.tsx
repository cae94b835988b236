'use client';

import { Button, ButtonLink } from '@parley/ui/button';
import { CopyButton } from '@parley/ui/copy-button';
import { EmptyState } from '@parley/ui/empty-state';
import { Count, RelativeTime } from '@parley/ui/format';
import { Notice, Page, PageHeader } from '@parley/ui/page';
import { SkeletonRows } from '@parley/ui/skeleton';
import { Tabs } from '@parley/ui/tabs';
import { useQuery } from '@tanstack/react-query';
import { SearchX } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { useShell } from '@/shell/shell-context.tsx';
import { useTRPC } from '@/trpc/client.tsx';
import { faultOf } from '@/trpc/fault.ts';
import { ActDialog, type ConversationAct, RestoreButton } from './act-dialog.tsx';
import { type Conversation, strategyWords } from './conversation-words.ts';
import { Costs, StateOf } from './conversations-view.tsx';
import { StrategyEditor } from './strategy-editor.tsx';
import { Timeline } from './timeline.tsx';

/** One conversation: its facts, what happened turn by turn, and what of it a call is sent. */
export function ConversationView({ session }: { session: string }) {
  const trpc = useTRPC();
  const { href, can } = useShell();
  const [act, setAct] = useState<ConversationAct | null>(null);
  const found = useQuery(trpc.conversations.get.queryOptions({ session }));
  const error = faultOf(found.error);
  const crumbs = [{ label: 'Conversations', href: href('conversations') }];
  if (error?.code === 'not_found' || error?.code === 'invalid_input') {
    return (
      <Page>
        <PageHeader title="Conversation" crumbs={crumbs} />
        <EmptyState icon={<SearchX aria-hidden />} title="No such conversation">
          It was deleted, its time is over, or it was opened only seconds ago.
        </EmptyState>
      </Page>
    );
  }
  const data = found.data;
  return (
    <Page>
      <PageHeader
        title={
          <span className="inline-flex max-w-full items-center gap-1">
            <span className="break-all font-mono text-base">{session}</span>
            <CopyButton text={session} label="Copy the conversation’s id" />
          </span>
        }
        badge={data && <StateOf state={data.state} />}
        crumbs={crumbs}
        actions={
          data && (
            <>
              <ButtonLink href={href(`requests?${new URLSearchParams({ session, application: data.application.id })}`)}>
                Its calls
              </ButtonLink>
              {can('applications.write') && (
                <>
                  {data.state === 'archived' ? (
                    <RestoreButton of={data} />
                  ) : (
                    <Button onClick={() => setAct('archive')}>Archive</Button>
                  )}
                  <Button variant="danger" onClick={() => setAct('delete')}>
                    Delete
                  </Button>
                </>
              )}
            </>
          )
        }
      />
      {error && <Notice tone="danger" title={error.message} />}
      {!data && !error && <SkeletonRows rows={8} />}
      {data && (
        <>
          <Facts of={data} />
          <Tabs
            label="About this conversation"
            tabs={[
              { value: 'timeline', label: 'Timeline', count: data.turns, content: <Timeline of={data} /> },
              { value: 'sent', label: 'What is sent', content: <StrategyEditor of={data} /> },
            ]}
          />
        </>
      )}
      {data && act && <ActDialog of={data} act={act} onClose={() => setAct(null)} />}
    </Page>
  );
}

function Facts({ of }: { of: Conversation }) {
  const { timeline } = of;
  const sum = (field: 'inputTokens' | 'outputTokens'): number =>
    timeline.reduce((total, { call }) => total + (call?.[field] ?? 0), 0);
  return (
    <dl className="grid grid-cols-2 gap-x-6 gap-y-4 rounded-md border bg-surface p-4 sm:grid-cols-4">
      <Fact name="Application">
        {of.application.name ?? of.application.id}
        {of.personal && <span className="font-normal text-muted">, of one person</span>}
      </Fact>
      <Fact name="Opened">
        <RelativeTime at={of.createdAt} />
      </Fact>
      <Fact name="Last change">
        <RelativeTime at={of.updatedAt} />
      </Fact>
      <Fact name="Deleted by itself, if unused">
        <RelativeTime at={of.keepUntil} />
      </Fact>
      <Fact name="Tokens asked">
        <Count value={sum('inputTokens')} />
      </Fact>
      <Fact name="Tokens answered">
        <Count value={sum('outputTokens')} />
      </Fact>
      <Fact name="Cost of its calls">
        <Costs costs={of.costs} />
      </Fact>
      <Fact name="What is sent">{strategyWords(of.strategy.strategy).name}</Fact>
    </dl>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="text-muted text-xs">{name}</dt>
      <dd className="break-words font-medium text-sm">{children}</dd>
    </div>
  );
}
