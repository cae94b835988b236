import type { ProviderSettings } from '@parley/contracts/provider-format';
import type { ClientCall, Target } from '../codec.ts';
import type { CallIssue, Loss } from '../neutral/call.ts';
import type { FetchedMedia } from '../neutral/media.ts';
import { type Way, wayOf } from '../ways.ts';
import { type FormatRow, keyHeaders } from './formats.ts';

/** Who is called, and how. */
export interface ProviderAccess {
  readonly format: FormatRow;
  /** `null` for a provider that asks for none. */
  readonly key: string | null;
  readonly settings: ProviderSettings;
}

/** A request to a provider, but for its origin. */
export interface ModelRequest {
  readonly way: Way;
  /** Path and query, under the provider's base URL. */
  readonly path: string;
  /** Flat names and values, in lower case. */
  readonly headers: string[];
  readonly body: string;
  readonly losses: readonly Loss[];
}

/** Flat headers of every request of the gateway to a provider. */
export const GATEWAY_HEADERS = ['accept-encoding', 'identity', 'user-agent', 'parley-gateway'] as const;

/** A format's own headers but for those the client sent itself (its version of the protocol). */
function without(headers: readonly string[], given: readonly string[]): string[] {
  if (given.length === 0) return [...headers];
  const rest: string[] = [];
  for (let i = 0; i < headers.length; i += 2) {
    if (!given.includes(headers[i] as string)) rest.push(headers[i] as string, headers[i + 1] as string);
  }
  return rest;
}

/** Headers of the client that mean something to a provider of the same protocol. */
function passedOn(way: Way, headers: readonly string[]): string[] {
  const passed: string[] = [];
  if (way.passedHeaders.length === 0) return passed;
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i] as string;
    if (way.passedHeaders.includes(name)) passed.push(name, headers[i + 1] as string);
  }
  return passed;
}

/**
 * Makes the request that asks a provider's model what a client asked: in the provider's protocol, at its address, with its
 * key. `media`: what was fetched of what it names by URL. `clientHeaders`: flat, in lower case; only those the protocol has for the provider go on. `null` where nobody here can
 * speak to the provider for such a client; an issue where the client's request cannot be read.
 */
export function modelRequest(
  { format, key, settings }: ProviderAccess,
  call: ClientCall,
  target: Target,
  clientHeaders: readonly string[],
  media?: ReadonlyMap<string, FetchedMedia>,
): ModelRequest | CallIssue | null {
  const way = wayOf(call.protocol, format.protocol);
  if (way === null) return null;
  const { quirks } = format;
  const written = way.body(call, quirks ? { ...target, quirks: { ...quirks, ...target.quirks } } : target, media);
  if ('malformed' in written) return written;
  const client = passedOn(way, clientHeaders);
  const headers = [
    ...(key === null ? [] : keyHeaders(format.auth, key)),
    ...without(format.headers, client),
    ...client,
    ...written.headers,
    'content-type',
    'application/json',
    'accept',
    call.stream ? 'text/event-stream' : 'application/json',
  ];
  const path = format.chatPath(target.model, call.stream, settings);
  return { way, path, headers, body: written.body, losses: written.losses };
}
