import type { ProviderFormat, ProviderSettings } from '@parley/contracts/provider-format';
import type { Target } from '../codec.ts';
import { knownFormat } from '../operations/table.ts';
import { keyHeaders } from '../providers/formats.ts';
import type { ProviderAccess } from '../providers/request.ts';

/** Headers of a client that mean something to the provider: the older form of the events, and whose end user speaks. */
const PASSED = new Set(['openai-beta', 'openai-safety-identifier']);

/** Azure: the newer interface is like OpenAI's, the dated one names the deployment (Azure OpenAI, Realtime over WebSockets). */
function azure(model: string, { apiVersion, deployments }: ProviderSettings): string {
  const deployment = encodeURIComponent(deployments?.[model] ?? model);
  if (apiVersion === undefined) return `/v1/realtime?model=${deployment}`;
  return `/realtime?api-version=${encodeURIComponent(apiVersion)}&deployment=${deployment}`;
}

const openAi = (model: string): string => `/realtime?model=${encodeURIComponent(model)}`;

/** Who speaks OpenAI's realtime protocol, and where under the base URL. */
const PATHS: Partial<Readonly<Record<ProviderFormat, (model: string, settings: ProviderSettings) => string>>> = {
  openai_chat: openAi,
  openai_responses: openAi,
  azure,
};

/**
 * The handshake that opens a realtime session with a provider's model: path with query under the base URL, flat headers in
 * lower case. `null` where the provider's format has no such sessions.
 */
export function realtimeRequest(
  formatName: string,
  { format, key, settings }: ProviderAccess,
  target: Target,
  clientHeaders: readonly string[],
): { path: string; headers: string[] } | null {
  const known = knownFormat(formatName);
  const path = known === null ? undefined : PATHS[known];
  if (path === undefined) return null;
  const headers = key === null ? [] : keyHeaders(format.auth, key);
  for (let at = 0; at < clientHeaders.length; at += 2) {
    const name = clientHeaders[at] as string;
    if (PASSED.has(name)) headers.push(name, clientHeaders[at + 1] as string);
  }
  return { path: path(target.model, settings), headers };
}
