import { objectJson } from '../../exact-json.ts';
import type { Exchange, Placed } from '../../neutral/arrange.ts';
import type {
  CacheMark,
  DocumentPart,
  Loss,
  MediaSource,
  Part,
  ReasoningPart,
  ToolResultPart,
} from '../../neutral/call.ts';
import { isForeignProof } from '../../neutral/proof.ts';
import type { ToolNames } from '../../neutral/tool-names.ts';
import { defined } from '../../object.ts';
import { thoughtBlock } from './thoughts.ts';

/** `cache_control` of a mark. */
export function cacheControl(cache: CacheMark | undefined): unknown {
  if (cache === undefined) return undefined;
  return cache.ttl === '1h' ? { type: 'ephemeral', ttl: '1h' } : { type: 'ephemeral' };
}

const IMAGE_TYPES = new Set(['image/jpeg', 'image/png', 'image/gif', 'image/webp']);

/** Writes the blocks of one request, each as JSON text: arguments of tools keep the text they came in. */
export class BlockWriter {
  readonly #losses: Loss[];
  readonly #names: ToolNames;

  constructor(names: ToolNames, losses: Loss[]) {
    this.#names = names;
    this.#losses = losses;
  }

  /** One exchange as a message. `last`: it ends the conversation, so that the model goes on from it. */
  message({ role, parts }: Exchange, last: boolean): string {
    const blocks: string[] = [];
    for (const [i, placed] of parts.entries()) {
      const prefill = last && role === 'assistant' && i === parts.length - 1 && placed.part.kind === 'text';
      const block = prefill
        ? this.#block({
            path: placed.path,
            part: { kind: 'text', text: (placed.part as { text: string }).text.trimEnd() },
          })
        : this.#block(placed);
      if (block !== null) blocks.push(block);
    }
    // A side that is left with nothing still has its turn.
    if (blocks.length === 0) blocks.push(JSON.stringify({ type: 'text', text: '…' }));
    return `{"role":"${role}","content":[${blocks.join(',')}]}`;
  }

  /** `system`: texts only; `undefined` without any. */
  system(parts: readonly Placed[]): unknown[] | undefined {
    const blocks: unknown[] = [];
    for (const { part, path } of parts) {
      if (part.kind === 'text') {
        if (part.text.trim() !== '') blocks.push(textBlock(part.text, part.cache));
      } else if (part.kind === 'other' && part.protocol === 'anthropic') blocks.push(part.raw);
      else this.#lose(path, 'instructions can hold text only');
    }
    return blocks.length === 0 ? undefined : blocks;
  }

  #lose(path: string, why: string, essential = true): null {
    this.#losses.push({ path, why, essential });
    return null;
  }

  /** `null` for what cannot or need not be told. */
  #block({ part, path }: Placed): string | null {
    switch (part.kind) {
      case 'reasoning':
        return this.#thought(part, path);
      case 'tool_call': {
        const head = JSON.stringify({ type: 'tool_use', id: part.id, name: this.#names.write(part.name) }).slice(0, -1);
        const cache = part.cache ? `,"cache_control":${JSON.stringify(cacheControl(part.cache))}` : '';
        return `${head},"input":${objectJson(part.arguments)}${cache}}`;
      }
      case 'tool_result':
        return JSON.stringify(this.#result(part, path));
      default: {
        const content = this.#content(part, path);
        return content === null ? null : JSON.stringify(content);
      }
    }
  }

  #content(part: Exclude<Part, { kind: 'reasoning' | 'tool_call' | 'tool_result' }>, path: string): unknown {
    switch (part.kind) {
      case 'text':
      case 'refusal':
        return part.text.trim() === '' ? null : textBlock(part.text, part.kind === 'text' ? part.cache : undefined);
      case 'image': {
        const { source } = part;
        if (source.kind === 'data' && !IMAGE_TYPES.has(source.mediaType)) {
          return this.#lose(path, `an image of type ${source.mediaType} is not taken`);
        }
        const written = this.#source(source, path);
        return written && defined({ type: 'image', source: written, cache_control: cacheControl(part.cache) });
      }
      case 'document':
        return this.#document(part, path);
      case 'audio':
      case 'video':
        return this.#lose(path, `the provider’s protocol has no ${part.kind}`);
      default:
        return part.protocol === 'anthropic'
          ? part.raw
          : this.#lose(path, 'the provider’s protocol has nothing like it');
    }
  }

  #source(source: MediaSource, path: string): unknown {
    if (source.kind === 'data') return { type: 'base64', media_type: source.mediaType, data: source.data };
    if (source.kind === 'url') return { type: 'url', url: source.url };
    if (source.protocol === 'anthropic') return { type: 'file', file_id: source.id };
    return this.#lose(path, 'a file of another provider is not known there');
  }

  #document({ source, name, cache }: DocumentPart, path: string): unknown {
    const rest = { title: name, cache_control: cacheControl(cache) };
    if (source.kind === 'text') {
      return defined({
        type: 'document',
        source: { type: 'text', media_type: 'text/plain', data: source.text },
        ...rest,
      });
    }
    if (source.kind === 'data' && source.mediaType.startsWith('text/')) {
      const data = Buffer.from(source.data, 'base64').toString('utf8');
      return defined({ type: 'document', source: { type: 'text', media_type: 'text/plain', data }, ...rest });
    }
    if (source.kind === 'data' && source.mediaType !== 'application/pdf') {
      return this.#lose(path, `a document of type ${source.mediaType} is not taken`);
    }
    const written = this.#source(source, path);
    return written && defined({ type: 'document', source: written, ...rest });
  }

  #result(part: ToolResultPart, path: string): unknown {
    const content: unknown[] = [];
    for (const [i, piece] of part.parts.entries()) {
      const written = this.#content(piece, piece.kind === 'other' ? piece.path : `${path}.content[${i}]`);
      if (written !== null) content.push(written);
    }
    return defined({
      type: 'tool_result',
      tool_use_id: part.callId,
      content: content.length === 0 ? undefined : content,
      is_error: part.isError,
      cache_control: cacheControl(part.cache),
    });
  }

  /** Thoughts go back as they came, or not at all: Claude knows its own by their signature. */
  #thought({ text, redacted, proof }: ReasoningPart, path: string): string | null {
    if (proof?.protocol === 'anthropic' && !isForeignProof(proof.value)) {
      return JSON.stringify(thoughtBlock(text, redacted, proof));
    }
    return this.#lose(path, 'thoughts that Claude did not sign mean nothing to it', false);
  }
}

function textBlock(text: string, cache: CacheMark | undefined): unknown {
  return defined({ type: 'text', text, cache_control: cacheControl(cache) });
}
