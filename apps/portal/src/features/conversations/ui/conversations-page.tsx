import { Hydrate, pageQueries } from '@/trpc/server.tsx';
import { ConversationView } from './conversation-view.tsx';
import { ConversationsView } from './conversations-view.tsx';

export const conversationsMetadata = { title: 'Conversations' };
export const conversationMetadata = { title: 'Conversation' };

/** Conversations the gateway keeps. What is shown is chosen in the URL, so the browser asks for it. */
export function ConversationsPage() {
  return <ConversationsView />;
}

/** One conversation. */
export async function ConversationPage({ params }: { params: Promise<{ tenant: string; session: string }> }) {
  const { tenant, session } = await params;
  const { trpc, prefetch } = pageQueries(tenant);
  await prefetch(trpc.conversations.get.queryOptions({ session }));
  return (
    <Hydrate tenant={tenant}>
      <ConversationView session={session} />
    </Hydrate>
  );
}
