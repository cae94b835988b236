export {
  ConversationPage as default,
  conversationMetadata as metadata,
} from '@/features/conversations/ui/conversations-page.tsx';
