import type { FetchedMedia } from '@parley/llm/neutral/media';
import type { AddressCheck } from '../upstream/addresses.ts';
import { Outbound } from '../upstream/outbound.ts';

/** Why something a caller names could not be had: in words for the caller. */
export class MediaError extends Error {
  readonly url: string;

  constructor(url: string, reason: string) {
    super(reason);
    this.url = url;
  }
}

const MAX_URLS = 20;
const MAX_URL_CHARS = 4096;
const MAX_CALL_BYTES = 20 * 1024 * 1024;
const TIMEOUT_MS = 10_000;
/** Calls of this node that fetch at the same time; others wait, as long as there is time. */
const MAX_CALLS = 8;
const MAX_WAITING = 64;

const MEDIA =
  /^(?:image\/(?:png|jpeg|gif|webp|heic|heif)|application\/pdf|(?:audio|video)\/[a-z0-9][a-z0-9.+-]{0,60}|text\/plain)$/;

interface Budget {
  bytes: number;
}

/** The one reason for everything about a machine: a caller learns nothing of where the gateway may go. */
const UNREACHED = 'it could not be read from there';

/**
 * Fetches what callers name by URL for providers that do not. At public addresses only, through the SSRF-safe connector: no
 * redirects, nothing of the call's headers; bounded in time, bytes and number, for each call and for the node.
 */
export class MediaFetcher {
  readonly #outbound: Outbound;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(check: AddressCheck) {
    this.#outbound = new Outbound(check);
  }

  /** Resolves with all of them; rejects with a `MediaError` for the first that cannot be had. */
  async fetch(urls: readonly string[]): Promise<ReadonlyMap<string, FetchedMedia>> {
    const [first = ''] = urls;
    const beyond = urls[MAX_URLS];
    if (beyond !== undefined) throw new MediaError(beyond, `a call may name at most ${MAX_URLS}`);
    for (const url of urls) checkUrl(url);
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    await this.#turn(first, signal);
    const ended = new AbortController();
    try {
      const budget: Budget = { bytes: MAX_CALL_BYTES };
      const either = AbortSignal.any([signal, ended.signal]);
      const found = await Promise.all(urls.map((url) => this.#one(url, budget, either)));
      return new Map(found.map((media, at) => [urls[at] as string, media]));
    } finally {
      // The first that fails ends the others.
      ended.abort();
      this.#running--;
      this.#waiting.shift()?.();
    }
  }

  close(): void {
    this.#outbound.close();
  }

  async #turn(url: string, signal: AbortSignal): Promise<void> {
    if (this.#running >= MAX_CALLS) {
      if (this.#waiting.length >= MAX_WAITING) throw new MediaError(url, 'too much is being fetched just now');
      await new Promise<void>((resolve, reject) => {
        const go = (): void => {
          signal.removeEventListener('abort', leave);
          resolve();
        };
        const leave = (): void => {
          const at = this.#waiting.indexOf(go);
          if (at !== -1) this.#waiting.splice(at, 1);
          reject(new MediaError(url, 'too much is being fetched just now'));
        };
        signal.addEventListener('abort', leave, { once: true });
        this.#waiting.push(go);
      });
    }
    this.#running++;
  }

  async #one(url: string, budget: Budget, signal: AbortSignal): Promise<FetchedMedia> {
    try {
      const headers = ['accept', '*/*', 'accept-encoding', 'identity', 'user-agent', 'parley-gateway'];
      const { status, headers: told, body } = await this.#outbound.ask({ url, headers, signal });
      const mediaType = (told['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
      const plain = (told['content-encoding'] ?? 'identity') === 'identity';
      if (status !== 200 || !plain || !MEDIA.test(mediaType)) {
        body.destroy();
        throw new MediaError(url, status === 200 ? 'it is no picture, document or sound that models read' : UNREACHED);
      }
      const chunks: Buffer[] = [];
      for await (const chunk of body as AsyncIterable<Buffer>) {
        budget.bytes -= chunk.length;
        // Leaving the loop destroys the body and with it the connection.
        if (budget.bytes < 0) throw new MediaError(url, `a call may fetch at most ${MAX_CALL_BYTES} bytes`);
        chunks.push(chunk);
      }
      return { mediaType, data: Buffer.concat(chunks).toString('base64') };
    } catch (error) {
      throw error instanceof MediaError ? error : new MediaError(url, UNREACHED);
    }
  }
}

function checkUrl(url: string): void {
  const parsed = url.length > MAX_URL_CHARS ? null : URL.parse(url);
  if (parsed === null || !/^https?:$/.test(parsed.protocol)) throw new MediaError(url, 'it is no web address');
  if (parsed.username !== '' || parsed.password !== '') throw new MediaError(url, 'its address holds credentials');
}
