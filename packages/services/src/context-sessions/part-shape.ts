import type { Part } from '@parley/llm/neutral/call';
import { z } from 'zod';

/** A piece of a message as people read it: words, or what stands in the place of what is no text. */
export const readPartShape = z.object({
  kind: z.enum([
    'text',
    'image',
    'audio',
    'video',
    'document',
    'reasoning',
    'tool_call',
    'tool_result',
    'refusal',
    'other',
  ]),
  /** What was written; of a tool call its arguments, of a result what came back. */
  text: z.string(),
  /** Name of a tool or a document, or the path of what only its own protocol understands. */
  name: z.string().nullable(),
  /** Joins a tool call and its result. */
  callId: z.string().nullable(),
  /** Of what is no text: its type and size, or its address; never its bytes. */
  about: z.string().nullable(),
  failed: z.boolean(),
});
export type ReadPart = z.output<typeof readPartShape>;

const PLAIN = { text: '', name: null, callId: null, about: null, failed: false };
const KILO = 1024;

type Source = Extract<Part, { kind: 'image' | 'document' }>['source'];

function aboutSource(source: Source): string {
  if (source.kind === 'text') return 'text';
  if (source.kind === 'url') return source.url.slice(0, 500);
  if (source.kind === 'file') return `file ${source.id}`;
  const bytes = Math.floor((source.data.length * 3) / 4);
  const size = bytes < KILO ? `${bytes} B` : `${Math.round(bytes / KILO)} kB`;
  return `${source.mediaType}, ${size}`;
}

/** How a part of a message is told. Pictures, sound and documents are described, not shown. */
export function readPart(part: Part): ReadPart {
  switch (part.kind) {
    case 'text':
    case 'refusal':
      return { ...PLAIN, kind: part.kind, text: part.text };
    case 'reasoning':
      return { ...PLAIN, kind: part.kind, text: part.redacted ? '' : part.text };
    case 'image':
    case 'audio':
    case 'video':
      return { ...PLAIN, kind: part.kind, about: aboutSource(part.source) };
    case 'document': {
      const text = part.source.kind === 'text' ? part.source.text : '';
      return { ...PLAIN, kind: part.kind, text, name: part.name ?? null, about: aboutSource(part.source) };
    }
    case 'tool_call':
      return { ...PLAIN, kind: part.kind, text: part.arguments, name: part.name, callId: part.id };
    case 'tool_result': {
      const told = part.parts.map(readPart);
      const text = told.map((one) => one.text || `[${one.kind}${one.about ? `: ${one.about}` : ''}]`).join('\n');
      const failed = part.isError ?? false;
      return { ...PLAIN, kind: part.kind, text, name: part.name ?? null, callId: part.callId, failed };
    }
    case 'other':
      return { ...PLAIN, kind: part.kind, name: part.path, about: `only ${part.protocol} understands it` };
  }
}
