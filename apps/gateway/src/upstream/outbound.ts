import { Agent } from 'undici';
import type { AddressCheck } from './addresses.ts';
import { safeConnector } from './safe-connect.ts';

const CONNECT_MS = 5000;

/**
 * Connections for what the gateway asks on its own account at addresses a tenant chose. Like calls they go through the
 * SSRF-safe connector; redirects are not followed. `ca` are certificates (PEM) to trust instead of the system's.
 */
export function outboundAgent(check: AddressCheck, ca?: string): Agent {
  return new Agent({
    connect: safeConnector({ check, timeoutMs: CONNECT_MS, ...(ca === undefined ? {} : { ca }) }),
    allowH2: false,
    keepAliveTimeout: 4000,
    maxResponseSize: 32 * 1024 * 1024,
  });
}
