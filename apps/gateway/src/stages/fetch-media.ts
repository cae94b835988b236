import type { ClientCall } from '@parley/llm/codec';
import { wayOf } from '@parley/llm/ways';
import type { Exchange } from '../exchange.ts';
import { MediaError } from '../models/media-fetcher.ts';
import type { Ports } from '../ports/ports.ts';
import { type Refusal, refusal } from '../refusals.ts';
import type { CompiledModel } from '../snapshot/compiled.ts';

/** Without this in its text a call names nothing to fetch; so that most are not read twice. */
const SOME_URL = /"https?:/i;
const MAX_DEPTH = 32;

/** What the models that may be asked would not fetch themselves. */
function urlsFor(chat: ClientCall, model: CompiledModel): Set<string> {
  const models = model.alias === null ? [model] : model.alias.targets.map((target) => target.model);
  const protocols = new Set(models.flatMap(({ provider }) => provider?.format?.protocol ?? []));
  const urls = new Set<string>();
  for (const protocol of protocols) {
    for (const url of wayOf(chat.protocol, protocol)?.mediaToFetch(chat) ?? []) urls.add(url);
  }
  return urls;
}

/** Where a value stands in a request: `messages[0].content[1].image_url.url`; `null` where it is not found. */
function placeOf(value: unknown, wanted: string, path = '', depth = 0): string | null {
  if (value === wanted) return path;
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return null;
  for (const [key, item] of Object.entries(value)) {
    const step = Array.isArray(value) ? `[${key}]` : `${path === '' ? '' : '.'}${key}`;
    const found = placeOf(item, wanted, path + step, depth + 1);
    if (found !== null) return found;
  }
  return null;
}

/** Fetches pictures and documents a call names by URL, where a provider that may be asked does not do that itself. */
export function fetchMedia(exchange: Exchange, ports: Ports): Refusal | null | Promise<Refusal | null> {
  const { chat, model } = exchange;
  if (chat === null || model === null || !SOME_URL.test(chat.text)) return null;
  const urls = urlsFor(chat, model);
  if (urls.size === 0) return null;
  return ports.media.fetch([...urls]).then(
    (media) => {
      exchange.media = media;
      return null;
    },
    (error: unknown) => {
      if (!(error instanceof MediaError)) throw error;
      const param = placeOf(chat.body, error.url);
      const message = `${param === null ? 'An address' : `\`${param}\``} cannot be fetched: ${error.message}.`;
      return refusal('invalid_parameter', { message, param });
    },
  );
}
