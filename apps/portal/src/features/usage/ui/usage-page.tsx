import { UsageView } from './usage-view.tsx';

export const usageMetadata = { title: 'Usage' };

/** Traffic, latency, tokens and cost over time. What is shown is chosen in the URL, so the browser asks for it. */
export function UsagePage() {
  return <UsageView />;
}
