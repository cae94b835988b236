export {
  PartyTokensPage as default,
  partyTokensMetadata as metadata,
} from '@/features/party-tokens/ui/party-tokens-page.tsx';
