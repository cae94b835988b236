import { portalEnv } from '@/server/ground.ts';
import { SessionView } from './session-view.tsx';
import { SessionsView } from './sessions-view.tsx';

export const sessionsMetadata = { title: 'Sessions' };
export const sessionMetadata = { title: 'Session' };

/** Calls that belong together. What is shown is chosen in the URL, so the browser asks for it. */
export function SessionsPage() {
  return <SessionsView />;
}

/** One session's calls. Which one stands in the URL's query: ids may hold what a path may not. */
export function SessionPage() {
  return <SessionView gatewayUrl={portalEnv().gatewayUrl} />;
}
