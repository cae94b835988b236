import { portalEnv } from '@/server/ground.ts';
import { PartyTokensView } from './party-tokens-view.tsx';

export const partyTokensMetadata = { title: 'Party tokens' };

/** Tokens for those who take part in conversations. What is shown is chosen in the URL, so the browser asks for it. */
export function PartyTokensPage() {
  return <PartyTokensView gatewayUrl={portalEnv().gatewayUrl} />;
}
