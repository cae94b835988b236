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
import type { ToolNames } from '../../neutral/tool-names.ts';
import { defined } from '../../object.ts';
import type { Family } from './family.ts';

/** Media types as the formats of Converse. */
const IMAGES: Formats = {
  'image/jpeg': 'jpeg',
  'image/jpg': 'jpeg',
  'image/png': 'png',
  'image/gif': 'gif',
  'image/webp': 'webp',
};
const DOCUMENTS: Formats = {
  'application/pdf': 'pdf',
  'text/csv': 'csv',
  'application/msword': 'doc',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'docx',
  'application/vnd.ms-excel': 'xls',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'xlsx',
  'text/html': 'html',
  'text/plain': 'txt',
  'text/markdown': 'md',
};
const VIDEOS: Formats = {
  'video/mp4': 'mp4',
  'video/quicktime': 'mov',
  'video/x-matroska': 'mkv',
  'video/webm': 'webm',
  'video/x-flv': 'flv',
  'video/mpeg': 'mpeg',
  'video/x-ms-wmv': 'wmv',
  'video/3gpp': 'three_gp',
};
const AUDIOS: Formats = {
  'audio/mpeg': 'mp3',
  'audio/mp3': 'mp3',
  'audio/wav': 'wav',
  'audio/x-wav': 'wav',
  'audio/flac': 'flac',
  'audio/ogg': 'ogg',
  'audio/opus': 'opus',
  'audio/webm': 'webm',
  'audio/aac': 'aac',
  'audio/mp4': 'mp4',
};

type Formats = Readonly<Record<string, string>>;

/** What stands where a block has to be and there is nothing to say: texts must not be blank. */
const NOTHING = { text: '…' };

/** A mark for the cache, which stands after what it marks. */
export function cachePoint(cache: CacheMark): unknown {
  return { cachePoint: cache.ttl === '1h' ? { type: 'default', ttl: '1h' } : { type: 'default' } };
}

/** Writes the blocks of one request, each as JSON text: arguments of tools keep the text they came in. */
export class BlockWriter {
  readonly #family: Family;
  readonly #names: ToolNames;
  readonly #losses: Loss[];
  readonly #documents = new Map<string, number>();

  constructor(family: Family, names: ToolNames, losses: Loss[]) {
    this.#family = family;
    this.#names = names;
    this.#losses = losses;
  }

  message({ role, parts }: Exchange): string {
    const blocks: string[] = [];
    let text = false;
    let document = false;
    for (const placed of parts) {
      const block = this.#block(placed);
      if (block === null) continue;
      blocks.push(block);
      text ||= placed.part.kind === 'text';
      document ||= placed.part.kind === 'document';
      const cache = 'cache' in placed.part ? placed.part.cache : undefined;
      if (cache) blocks.push(JSON.stringify(cachePoint(cache)));
    }
    // A message with a document must say something about it.
    if (blocks.length === 0 || (document && !text)) blocks.push(JSON.stringify(NOTHING));
    return `{"role":"${role}","content":[${blocks.join(',')}]}`;
  }

  system(parts: readonly Placed[]): unknown[] {
    const blocks: unknown[] = [];
    for (const { part, path } of parts) {
      if (part.kind !== 'text') this.#lose(path, 'instructions can hold text only');
      else if (part.text.trim() !== '') {
        blocks.push({ text: part.text });
        if (part.cache) blocks.push(cachePoint(part.cache));
      }
    }
    return blocks;
  }

  #lose(path: string, why: string, essential = true): null {
    this.#losses.push({ path, why, essential });
    return null;
  }

  /** `null` for what cannot or need not be told. */
  #block({ part, path }: Placed): string | null {
    if (part.kind === 'tool_call') {
      const head = JSON.stringify({ toolUseId: part.id, name: this.#names.write(part.name) }).slice(0, -1);
      return `{"toolUse":${head},"input":${objectJson(part.arguments)}}}`;
    }
    const block =
      part.kind === 'reasoning'
        ? this.#thought(part, path)
        : part.kind === 'tool_result'
          ? this.#result(part, path)
          : this.#content(part, path);
    return block === null ? null : JSON.stringify(block);
  }

  #content(part: Exclude<Part, { kind: 'reasoning' | 'tool_call' | 'tool_result' }>, path: string): unknown {
    switch (part.kind) {
      case 'text':
      case 'refusal':
        return part.text.trim() === '' ? null : { text: part.text };
      case 'image':
        return this.#media('image', IMAGES, part.source, path);
      case 'video':
        return this.#media('video', VIDEOS, part.source, path);
      case 'audio':
        return this.#media('audio', AUDIOS, part.source, path);
      case 'document':
        return this.#document(part, path);
      default:
        return part.protocol === 'bedrock' ? part.raw : this.#lose(path, 'the provider’s protocol has nothing like it');
    }
  }

  /** Bytes, or where they lie in S3; Bedrock fetches nothing else. */
  #source(source: MediaSource, what: string, path: string): unknown {
    if (source.kind === 'data') return { bytes: source.data };
    if (source.kind === 'url' && source.url.startsWith('s3://')) return { s3Location: { uri: source.url } };
    return this.#lose(path, `${what} must be in the request itself, or in S3`);
  }

  #format(formats: Formats, source: MediaSource): string | undefined {
    const mediaType = source.kind === 'file' ? undefined : source.mediaType?.split(';')[0]?.toLowerCase();
    return mediaType !== undefined && Object.hasOwn(formats, mediaType) ? formats[mediaType] : undefined;
  }

  #media(kind: 'image' | 'video' | 'audio', formats: Formats, source: MediaSource, path: string): unknown {
    const written = this.#source(source, `${kind === 'image' ? 'an image' : kind}`, path);
    if (written === null) return null;
    const format = this.#format(formats, source);
    if (format === undefined) return this.#lose(path, `its format of ${kind} is not taken`);
    return { [kind]: { format, source: written } };
  }

  #document({ source, name }: DocumentPart, path: string): unknown {
    if (source.kind === 'text') {
      return { document: { format: 'txt', name: this.#documentName(name), source: { text: source.text } } };
    }
    const written = this.#source(source, 'a document', path);
    if (written === null) return null;
    const format = this.#format(DOCUMENTS, source);
    if (format === undefined) return this.#lose(path, 'its format of document is not taken');
    return { document: { format, name: this.#documentName(name), source: written } };
  }

  /** Letters, digits, single spaces, `-`, `(`, `)`, `[` and `]`; each name once in a request. */
  #documentName(name: string | undefined): string {
    const plain =
      (name ?? 'document')
        .replace(/[^a-zA-Z0-9()[\]-]+/g, ' ')
        .trim()
        .slice(0, 180) || 'document';
    const before = this.#documents.get(plain) ?? 0;
    this.#documents.set(plain, before + 1);
    return before === 0 ? plain : `${plain} (${before + 1})`;
  }

  #result(part: ToolResultPart, path: string): unknown {
    const content: unknown[] = [];
    for (const [i, piece] of part.parts.entries()) {
      const written = this.#content(piece, piece.kind === 'other' ? piece.path : `${path}.content[${i}]`);
      if (written !== null) content.push(written);
    }
    if (content.length === 0) content.push(NOTHING);
    return { toolResult: defined({ toolUseId: part.callId, content, status: part.isError ? 'error' : undefined }) };
  }

  /** Thoughts go back as they came, to Claude only, and only with their signature. */
  #thought({ text, redacted, proof }: ReasoningPart, path: string): unknown {
    if (this.#family !== 'claude' || proof?.protocol !== 'anthropic') {
      return this.#lose(path, 'thoughts that the model did not sign mean nothing to it', false);
    }
    if (redacted) return { reasoningContent: { redactedContent: proof.value } };
    return { reasoningContent: { reasoningText: { text, signature: proof.value } } };
  }
}
