export {
  ConversationsPage as default,
  conversationsMetadata as metadata,
} from '@/features/conversations/ui/conversations-page.tsx';
