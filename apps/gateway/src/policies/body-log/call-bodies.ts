import { MOST_TAKEN_BYTES } from '@parley/contracts/call-bodies';
import type { BodyLogPolicy } from '@parley/contracts/policies/body-log';
import type { Exchange } from '../../exchange.ts';

export interface TakenBody {
  readonly text: string;
  readonly form: 'json' | 'text' | 'stream';
  readonly cut: boolean;
}

/** What one call's policy keeps of it. Holds on to what was relayed anyway; whether it is kept is known at the end. */
export class CallBodies {
  readonly policy: BodyLogPolicy;
  readonly #chosen: boolean;
  readonly #pieces: string[] = [];
  #characters = 0;
  #cut = false;

  /** `chosen`: by chance, whatever becomes of the call. */
  constructor(policy: BodyLogPolicy, chosen: boolean) {
    this.policy = policy;
    this.#chosen = chosen;
  }

  /** Takes what is relayed of a stream. */
  piece(text: string): void {
    if (!this.policy.response || this.#cut) return;
    this.#cut = this.#characters + text.length > MOST_TAKEN_BYTES;
    if (this.#cut) return;
    this.#characters += text.length;
    this.#pieces.push(text);
  }

  /** Whether anything of the call, which is over, is kept. */
  wanted({ status, code, abortedBy }: Exchange): boolean {
    return this.#chosen || (this.policy.onErrors && (status >= 400 || code !== null || abortedBy !== 'none'));
  }

  /** What was asked; `null` where that is no text. */
  request({ body, contentType }: Exchange): TakenBody | null {
    if (!this.policy.request || body === null || body.length === 0) return null;
    return whole(body, contentType);
  }

  /** What was answered; `null` where that is no text. */
  response({ replyBody, replyHeaders, headSent, stream }: Exchange): TakenBody | null {
    if (!this.policy.response) return null;
    if (this.#pieces.length > 0 || (stream && replyHeaders === null)) {
      if (typeof replyBody === 'string') this.piece(replyBody);
      return { text: this.#pieces.join(''), form: 'stream', cut: this.#cut };
    }
    if (replyBody === null || (headSent && replyHeaders === null)) return null;
    return whole(replyBody, contentTypeOf(replyHeaders ?? []));
  }
}

const TEXT = /^(?:application\/(?:[\w.+-]*\+)?json|text\/[\w.+-]+)\b/i;

function whole(body: string | Buffer, contentType: string): TakenBody | null {
  // Clients that say nothing of their bodies mean JSON.
  if (contentType !== '' && !TEXT.test(contentType)) return null;
  const form = /json/i.test(contentType) || contentType === '' ? 'json' : 'text';
  if (typeof body === 'string') {
    return { text: body.slice(0, MOST_TAKEN_BYTES), form, cut: body.length > MOST_TAKEN_BYTES };
  }
  return { text: body.toString('utf8', 0, MOST_TAKEN_BYTES), form, cut: body.length > MOST_TAKEN_BYTES };
}

function contentTypeOf(flat: readonly string[]): string {
  for (let i = 0; i < flat.length; i += 2) if (flat[i]?.toLowerCase() === 'content-type') return flat[i + 1] ?? '';
  return '';
}
