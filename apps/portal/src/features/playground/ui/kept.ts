import { type Conversation, readConversation } from './conversation.ts';

/** A conversation that this browser keeps under a name. */
export interface Kept {
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly atMs: number;
  readonly conversation: Conversation;
}

const MOST_KEPT = 50;
/** Longest link: what mail and chat programs take, more or less. */
const MOST_LINK_CHARS = 12_000;

type Store = Pick<Storage, 'getItem' | 'setItem'>;

/** Conversations this browser keeps for a tenant: the one being written, and those that were given a name. */
export class Shelf {
  readonly #store: Store;
  readonly #name: string;

  constructor(store: Store, tenant: string) {
    this.#store = store;
    this.#name = `parley.playground.${tenant}`;
  }

  /** The one being written when the page was left; `null` where there is none. */
  current(): Conversation | null {
    return readConversation(parsed(this.#store.getItem(`${this.#name}.now`)));
  }

  /** Keeps the one being written. Without its pictures where they do not fit. */
  keepCurrent(conversation: Conversation): void {
    if (this.#put('.now', conversation)) return;
    this.#put('.now', withoutImages(conversation));
  }

  list(): Kept[] {
    const kept = parsed(this.#store.getItem(this.#name));
    if (!Array.isArray(kept)) return [];
    return kept.flatMap((one: { name?: unknown; atMs?: unknown; conversation?: unknown } | null) => {
      const conversation = readConversation(one?.conversation);
      if (conversation === null || typeof one?.name !== 'string') return [];
      return [{ name: one.name, atMs: Number(one.atMs) || 0, conversation }];
    });
  }

  /** Keeps one under a name, in place of one that had it. `false` where the browser has no room for it. */
  keep(name: string, conversation: Conversation, atMs: number): boolean {
    const others = this.list().filter((one) => one.name !== name);
    return this.#put('', [{ name, atMs, conversation }, ...others].slice(0, MOST_KEPT));
  }

  forget(name: string): void {
    this.#put(
      '',
      this.list().filter((one) => one.name !== name),
    );
  }

  #put(suffix: string, value: unknown): boolean {
    try {
      this.#store.setItem(this.#name + suffix, JSON.stringify(value));
      return true;
    } catch {
      return false;
    }
  }
}

function parsed(text: string | null): unknown {
  try {
    return text === null ? null : JSON.parse(text);
  } catch {
    return null;
  }
}

export function withoutImages(conversation: Conversation): Conversation {
  return { ...conversation, turns: conversation.turns.map((turn) => ({ ...turn, images: [] })) };
}

async function through(bytes: Uint8Array<ArrayBuffer>, stream: CompressionStream | DecompressionStream) {
  const packed = new Response(new Blob([bytes]).stream().pipeThrough(stream));
  return new Uint8Array(await packed.arrayBuffer());
}

/**
 * The part of a link after `#` that holds a conversation: browsers do not send it to anybody. `null` where it would be too long
 * even without pictures.
 */
export async function linkPart(conversation: Conversation): Promise<{ part: string; leftOut: boolean } | null> {
  for (const [one, leftOut] of [
    [conversation, false],
    [withoutImages(conversation), true],
  ] as const) {
    const bytes = await through(new TextEncoder().encode(JSON.stringify(one)), new CompressionStream('deflate-raw'));
    const text = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
    const part = `c=${text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')}`;
    if (part.length <= MOST_LINK_CHARS) return { part, leftOut };
  }
  return null;
}

/** The conversation of a link; `null` for a link without one, or with one that cannot be read. */
export async function readLinkPart(hash: string): Promise<Conversation | null> {
  const packed = /^#c=([A-Za-z0-9_-]{1,20000})$/.exec(hash)?.[1];
  if (packed === undefined) return null;
  try {
    const text = atob(packed.replaceAll('-', '+').replaceAll('_', '/'));
    const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
    const plain = await through(bytes, new DecompressionStream('deflate-raw'));
    return readConversation(JSON.parse(new TextDecoder().decode(plain)));
  } catch {
    return null;
  }
}
