import { portalEnv } from '@/server/ground.ts';
import { RequestsView } from './requests-view.tsx';

export const requestsMetadata = { title: 'Requests' };

/** The request log. What is shown is chosen in the URL, so the browser asks for it. */
export function RequestsPage() {
  return <RequestsView gatewayUrl={portalEnv().gatewayUrl} />;
}
