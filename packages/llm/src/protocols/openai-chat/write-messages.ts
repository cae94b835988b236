import type {
  AudioPart,
  DocumentPart,
  ImagePart,
  Loss,
  MediaSource,
  OtherPart,
  Part,
  ReasoningPart,
  TextPart,
  ToolCallPart,
  ToolResultPart,
  Turn,
} from '../../neutral/call.ts';
import { fittingId } from '../../neutral/fitting-id.ts';
import { defined, ownEntry } from '../../object.ts';
import type { ProviderQuirks } from '../../providers/preset.ts';
import { thoughtDetail, writeProof } from './thoughts.ts';

export type ChatMessage = Readonly<Record<string, unknown>>;

const AUDIO_FORMATS: Readonly<Record<string, string>> = {
  'audio/mpeg': 'mp3',
  'audio/mp3': 'mp3',
  'audio/wav': 'wav',
  'audio/x-wav': 'wav',
};

function urlOf(source: MediaSource): string | null {
  if (source.kind === 'url') return source.url;
  return source.kind === 'data' ? `data:${source.mediaType};base64,${source.data}` : null;
}

function lost(path: string, why: string): Loss {
  return { path, why, essential: true };
}

function writeImage(part: ImagePart, path: string, losses: Loss[]): unknown {
  const url = urlOf(part.source);
  if (url === null) losses.push(lost(path, 'a file of another provider is not known there'));
  return url === null ? null : { type: 'image_url', image_url: defined({ url, detail: part.detail }) };
}

function writeAudio(part: AudioPart, path: string, losses: Loss[]): unknown {
  const { source } = part;
  const format = source.kind === 'data' ? ownEntry(AUDIO_FORMATS, source.mediaType) : undefined;
  if (source.kind === 'data' && format !== undefined)
    return { type: 'input_audio', input_audio: { data: source.data, format } };
  losses.push(lost(path, 'audio must be wav or mp3 in the request itself'));
  return null;
}

function writeDocument(part: DocumentPart, path: string, losses: Loss[]): unknown {
  const { source, name } = part;
  if (source.kind === 'text')
    return { type: 'text', text: name === undefined ? source.text : `${name}\n\n${source.text}` };
  if (source.kind === 'file' && source.protocol === 'openai_chat') {
    return { type: 'file', file: defined({ file_id: source.id, filename: name }) };
  }
  if (source.kind === 'data') {
    return { type: 'file', file: { filename: name ?? 'document', file_data: urlOf(source) } };
  }
  losses.push(lost(path, 'a document must be in the request itself'));
  return null;
}

type Content = TextPart | ImagePart | AudioPart | DocumentPart | OtherPart | Extract<Part, { kind: 'video' }>;

function writePart(part: Content, path: string, losses: Loss[]): unknown {
  switch (part.kind) {
    case 'text':
      return { type: 'text', text: part.text };
    case 'image':
      return writeImage(part, path, losses);
    case 'audio':
      return writeAudio(part, path, losses);
    case 'document':
      return writeDocument(part, path, losses);
    case 'video':
      losses.push(lost(path, 'the provider’s protocol has no video'));
      return null;
    default:
      if (part.protocol === 'openai_chat') return part.raw;
      losses.push(lost(part.path, 'the provider’s protocol has nothing like it'));
      return null;
  }
}

/** One text where there is nothing but text: what every compatible provider takes. */
function writeContent(parts: readonly Content[], path: string, losses: Loss[]): unknown {
  if (parts.every((part) => part.kind === 'text')) return parts.map((part) => part.text).join('\n');
  return parts.map((part, i) => writePart(part, `${path}[${i}]`, losses)).filter((part) => part !== null);
}

/** Who it is written for, and what could not be told. */
interface To {
  readonly quirks: ProviderQuirks;
  readonly losses: Loss[];
}

/** A tool's message holds text only: pictures and documents of its result follow in a message of the user. */
function writeResult(part: ToolResultPart, path: string, after: unknown[], to: To): ChatMessage {
  const texts: string[] = [];
  for (const [i, piece] of part.parts.entries()) {
    if (piece.kind === 'text') texts.push(piece.text);
    else {
      const written = writePart(piece, `${path}.content[${i}]`, to.losses);
      if (written !== null) after.push({ type: 'text', text: `From the result of ${part.callId}:` }, written);
    }
  }
  const content = texts.join('\n');
  return {
    role: 'tool',
    tool_call_id: idOf(part.callId, to.quirks),
    content: part.isError ? `Error: ${content}` : content,
  };
}

function writeUser(turn: Turn, path: string, to: To): ChatMessage[] {
  const messages: ChatMessage[] = [];
  const after: unknown[] = [];
  const content: Content[] = [];
  for (const [i, part] of turn.parts.entries()) {
    if (part.kind === 'tool_result') messages.push(writeResult(part, `${path}.content[${i}]`, after, to));
    else if (part.kind === 'refusal') content.push({ kind: 'text', text: part.text });
    else if (part.kind !== 'reasoning' && part.kind !== 'tool_call') content.push(part);
  }
  if (after.length > 0) messages.push({ role: 'user', content: after });
  if (content.length > 0 || messages.length === 0) {
    messages.push(
      defined({ role: 'user', content: writeContent(content, `${path}.content`, to.losses), name: turn.name }),
    );
  }
  return messages;
}

/** A call's id in the form the provider asks for; its result is told the same. */
function idOf(id: string, { toolCallId }: ProviderQuirks): string {
  return toolCallId === undefined ? id : fittingId(id, toolCallId);
}

function writeCall(part: ToolCallPart, quirks: ProviderQuirks): unknown {
  const fn = { name: part.name, arguments: part.arguments };
  return defined({ id: idOf(part.id, quirks), type: 'function', function: fn, extra_content: writeProof(part.proof) });
}

/** Thoughts that came from this protocol go back as they came; another maker's mean nothing here. */
function writeThoughts(parts: readonly ReasoningPart[]): unknown[] | undefined {
  const details: unknown[] = [];
  for (const { text, redacted, proof } of parts) {
    if (proof?.protocol === 'openai_chat') details.push(thoughtDetail(text, proof, redacted));
  }
  return details.length === 0 ? undefined : details;
}

/** Some providers want a model's thoughts back with the calls they led to. */
function replayed(
  thoughts: readonly ReasoningPart[],
  calls: readonly unknown[],
  quirks: ProviderQuirks,
): string | undefined {
  if (!quirks.replayReasoning || calls.length === 0) return undefined;
  return thoughts.map(({ text }) => text).join('');
}

function writeAssistant(turn: Turn, path: string, { losses, quirks }: To): ChatMessage {
  const content: Content[] = [];
  const calls: unknown[] = [];
  const thoughts: ReasoningPart[] = [];
  let refusal: string | undefined;
  let audio: unknown;
  for (const part of turn.parts) {
    if (part.kind === 'tool_call') calls.push(writeCall(part, quirks));
    else if (part.kind === 'reasoning') thoughts.push(part);
    else if (part.kind === 'refusal') refusal = part.text;
    else if (part.kind === 'other' && part.protocol === 'openai_chat' && part.path.endsWith('.audio')) audio = part.raw;
    else if (part.kind === 'other' && part.protocol === 'openai_chat' && part.path.includes('.tool_calls[')) {
      calls.push(part.raw);
    } else if (part.kind !== 'tool_result') content.push(part);
  }
  return defined({
    role: 'assistant',
    content:
      content.length === 0
        ? calls.length > 0 || refusal !== undefined
          ? null
          : ''
        : writeContent(content, `${path}.content`, losses),
    refusal,
    audio,
    name: turn.name,
    reasoning_content: replayed(thoughts, calls, quirks),
    reasoning_details: writeThoughts(thoughts),
    tool_calls: calls.length === 0 ? undefined : calls,
  });
}

/** Writes turns as messages: results of tools one message each, before what else the user says. */
export function writeMessages(turns: readonly Turn[], to: To): ChatMessage[] {
  const messages: ChatMessage[] = [];
  for (const [i, turn] of turns.entries()) {
    const path = `messages[${i}]`;
    if (turn.role === 'user') messages.push(...writeUser(turn, path, to));
    else if (turn.role === 'assistant') messages.push(writeAssistant(turn, path, to));
    else {
      const text = turn.parts.flatMap((part) => (part.kind === 'text' ? [part.text] : [])).join('\n');
      messages.push(defined({ role: 'system', content: text, name: turn.name }));
    }
  }
  return messages;
}
