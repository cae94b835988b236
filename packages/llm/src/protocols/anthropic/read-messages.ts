import { memberJson } from '../../exact-json.ts';
import { elementsOf, memberText } from '../../json-edit.ts';
import type {
  CacheMark,
  CallIssue,
  DocumentPart,
  MediaSource,
  OtherPart,
  Part,
  TextPart,
  ToolResultPart,
  Turn,
} from '../../neutral/call.ts';
import { unpackProof } from '../../neutral/proof.ts';
import { defined, isObject, textOf } from '../../object.ts';
import type { Leftovers } from './leftovers.ts';
import { problem } from './request.ts';
import { readCallProof } from './thoughts.ts';

type Members = Readonly<Record<string, unknown>>;

/** `cache_control` of a block or tool. */
export function readCache(given: Members): CacheMark | undefined {
  const mark = given.cache_control;
  if (!isObject(mark)) return undefined;
  return { ttl: mark.ttl === '1h' ? '1h' : '5m' };
}

function readSource(source: unknown): MediaSource | null {
  if (!isObject(source)) return null;
  const { data, url, file_id: id } = source;
  if (source.type === 'base64' && typeof data === 'string') {
    return { kind: 'data', mediaType: textOf(source.media_type) ?? 'application/octet-stream', data };
  }
  if (source.type === 'url' && typeof url === 'string') return { kind: 'url', url };
  if (source.type === 'file' && typeof id === 'string') return { kind: 'file', id, protocol: 'anthropic' };
  return null;
}

/** Text of a document that is made of texts; `null` for one that is more. */
function textSource(source: unknown): string | null {
  if (!isObject(source)) return null;
  if (source.type === 'text') return textOf(source.data) ?? null;
  if (source.type !== 'content') return null;
  return joinedText(source.content);
}

function joinedText(content: unknown): string | null {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return null;
  const texts = content.map((block) => (isObject(block) && block.type === 'text' ? textOf(block.text) : undefined));
  return texts.some((text) => text === undefined) ? null : texts.join('\n');
}

function readDocument(block: Members, path: string): DocumentPart | OtherPart {
  const text = textSource(block.source);
  const source = text === null ? readSource(block.source) : ({ kind: 'text', text } as const);
  if (source === null) return { kind: 'other', protocol: 'anthropic', path, raw: block };
  return defined({ kind: 'document', source, name: textOf(block.title), cache: readCache(block) }) as DocumentPart;
}

function readSearchResult(block: Members, path: string): DocumentPart | OtherPart {
  const text = joinedText(block.content);
  if (text === null) return { kind: 'other', protocol: 'anthropic', path, raw: block };
  const name = textOf(block.title);
  return defined({ kind: 'document', source: { kind: 'text', text }, name, cache: readCache(block) }) as DocumentPart;
}

function isResultPart(part: Part): part is ToolResultPart['parts'][number] {
  return part.kind === 'text' || part.kind === 'image' || part.kind === 'document' || part.kind === 'other';
}

/** Members of blocks that have a place in the neutral form. */
const KNOWN: Readonly<Record<string, readonly string[]>> = {
  text: ['type', 'text', 'cache_control'],
  image: ['type', 'source', 'cache_control'],
  document: ['type', 'source', 'title', 'cache_control'],
  search_result: ['type', 'content', 'title', 'cache_control'],
  thinking: ['type', 'thinking', 'signature'],
  redacted_thinking: ['type', 'data'],
  tool_use: ['type', 'id', 'name', 'input', 'cache_control', 'caller'],
  tool_result: ['type', 'tool_use_id', 'content', 'is_error', 'cache_control'],
};

/** Reads the messages of one request. */
export class MessagesReader {
  readonly #leftovers: Leftovers;
  readonly #names = new Map<string, string>();

  constructor(leftovers: Leftovers) {
    this.#leftovers = leftovers;
  }

  /** `system`, or the content of a system message. */
  system(given: unknown, path: string): Turn | CallIssue {
    const parts = this.#content(given, path, null);
    return 'malformed' in parts ? parts : { role: 'system', parts };
  }

  /** `text`: of the array, where numbers in it may have more digits than `JSON.parse` keeps. */
  messages(given: readonly unknown[], text: string | null): Turn[] | CallIssue {
    const texts = text === null ? null : elementsOf(text);
    const turns: Turn[] = [];
    for (const [i, message] of given.entries()) {
      const path = `messages[${i}]`;
      if (!isObject(message)) return problem(path, 'must be a message');
      const { role, content } = message;
      if (role !== 'user' && role !== 'assistant' && role !== 'system') {
        return problem(`${path}.role`, 'must be user, assistant or system');
      }
      const parts = this.#content(content, `${path}.content`, texts && memberText(texts[i] as string, 'content'));
      if ('malformed' in parts) return parts;
      turns.push({ role, parts });
    }
    return turns;
  }

  #content(content: unknown, path: string, text: string | null): Part[] | CallIssue {
    if (typeof content === 'string') return content === '' ? [] : [{ kind: 'text', text: content }];
    if (!Array.isArray(content)) return problem(path, 'must be a text or an array of content blocks');
    const texts = text === null ? null : elementsOf(text);
    const parts: Part[] = [];
    for (const [i, block] of content.entries()) {
      const at = `${path}[${i}]`;
      if (!isObject(block)) return problem(at, 'must be a content block');
      const known = typeof block.type === 'string' && Object.hasOwn(KNOWN, block.type) ? KNOWN[block.type] : undefined;
      if (known) this.#leftovers.note(block, known, at);
      if (readCallProof(block, parts)) continue;
      const part = this.#block(block, at, texts && (texts[i] as string));
      if ('malformed' in part) return part;
      parts.push(part);
    }
    return parts;
  }

  #block(block: Members, path: string, text: string | null): Part | CallIssue {
    switch (block.type) {
      case 'text':
        if (typeof block.text !== 'string') return problem(`${path}.text`, 'must be a text');
        return defined({ kind: 'text', text: block.text, cache: readCache(block) }) as TextPart;
      case 'image': {
        const source = readSource(block.source);
        if (source === null) return problem(`${path}.source`, 'must be of type base64, url or file, with its member');
        return defined({ kind: 'image', source, cache: readCache(block) }) as Part;
      }
      case 'document':
        return readDocument(block, path);
      case 'search_result':
        return readSearchResult(block, path);
      case 'thinking': {
        if (typeof block.thinking !== 'string') return problem(`${path}.thinking`, 'must be a text');
        const proof = textOf(block.signature) ? unpackProof(block.signature as string, 'anthropic') : undefined;
        return defined({ kind: 'reasoning', text: block.thinking, proof }) as Part;
      }
      case 'redacted_thinking':
        if (typeof block.data !== 'string') return problem(`${path}.data`, 'must be a text');
        return { kind: 'reasoning', text: '', redacted: true, proof: unpackProof(block.data, 'anthropic') };
      case 'tool_use':
        return this.#toolUse(block, path, text);
      case 'tool_result':
        return this.#toolResult(block, path);
      default:
        if (typeof block.type !== 'string') return problem(`${path}.type`, 'must name the kind of block');
        return { kind: 'other', protocol: 'anthropic', path, raw: block };
    }
  }

  #toolUse(block: Members, path: string, text: string | null): Part | CallIssue {
    const { id, name, input } = block;
    if (typeof id !== 'string' || id === '') return problem(`${path}.id`, 'must be the call’s id');
    if (typeof name !== 'string' || name === '') return problem(`${path}.name`, 'must be the tool’s name');
    if (!isObject(input)) return problem(`${path}.input`, 'must be an object');
    this.#names.set(id, name);
    const given = memberJson(block, text, 'input');
    return defined({ kind: 'tool_call', id, name, arguments: given, cache: readCache(block) }) as Part;
  }

  #toolResult(block: Members, path: string): Part | CallIssue {
    const callId = block.tool_use_id;
    if (typeof callId !== 'string') return problem(`${path}.tool_use_id`, 'must be the id of a tool_use block');
    const content = this.#content(block.content ?? '', `${path}.content`, null);
    if ('malformed' in content) return content;
    for (const [i, part] of content.entries()) {
      if (!isResultPart(part)) return problem(`${path}.content[${i}].type`, 'cannot stand in a tool’s result');
    }
    return defined({
      kind: 'tool_result',
      callId,
      name: this.#names.get(callId),
      parts: content.filter(isResultPart),
      isError: typeof block.is_error === 'boolean' ? block.is_error : undefined,
      cache: readCache(block),
    }) as Part;
  }
}
