import type { Loss, MediaSource, Part, ReasoningPart, TextPart, ToolResultPart, Turn } from '../../neutral/call.ts';
import { defined } from '../../object.ts';

type Written = Readonly<Record<string, unknown>>;

/** Where a model's thoughts stood, kept as their proof: in the plan before its calls, or in content of their own. */
export const PLAN = 'tool_plan';
export const THINKING = 'thinking';

function essential(path: string, why: string): Loss {
  return { path, why, essential: true };
}

function imageUrl(source: MediaSource): string | null {
  if (source.kind === 'url') return source.url;
  return source.kind === 'data' ? `data:${source.mediaType};base64,${source.data}` : null;
}

function writePart(part: Part, path: string, losses: Loss[]): Written | null {
  switch (part.kind) {
    case 'text':
    case 'refusal':
      return part.text === '' ? null : { type: 'text', text: part.text };
    case 'image': {
      const url = imageUrl(part.source);
      if (url === null) losses.push(essential(path, 'a file of another provider is not known there'));
      return url === null ? null : { type: 'image_url', image_url: defined({ url, detail: part.detail }) };
    }
    case 'document':
      if (part.source.kind === 'text') {
        const { text } = part.source;
        return { type: 'text', text: part.name === undefined ? text : `${part.name}\n\n${text}` };
      }
      losses.push(essential(path, 'the provider’s protocol takes documents as text only'));
      return null;
    case 'audio':
    case 'video':
      losses.push(essential(path, `the provider’s protocol has no ${part.kind}`));
      return null;
    case 'other':
      losses.push(essential(part.path, 'the provider’s protocol has nothing like it'));
      return null;
    default:
      return null;
  }
}

/** One text where there is nothing but text: what models without eyes take. */
function contentOf(written: readonly Written[]): unknown {
  if (written.every((part) => part.type === 'text')) return written.map((part) => part.text).join('\n');
  return written;
}

function writeParts(parts: readonly Part[], path: string, losses: Loss[]): Written[] {
  const written = parts.map((part, i) => writePart(part, `${path}[${i}]`, losses));
  return written.filter((part) => part !== null);
}

/** A tool's message holds text only: pictures of its result follow in a message of the user. */
function writeResult(part: ToolResultPart, path: string, after: Written[], losses: Loss[]): Written {
  const texts = part.parts.filter((piece): piece is TextPart => piece.kind === 'text').map((piece) => piece.text);
  for (const [i, piece] of part.parts.entries()) {
    const written = piece.kind === 'text' ? null : writePart(piece, `${path}.content[${i}]`, losses);
    if (written !== null) after.push({ type: 'text', text: `From the result of ${part.callId}:` }, written);
  }
  const content = texts.join('\n');
  return { role: 'tool', tool_call_id: part.callId, content: part.isError ? `Error: ${content}` : content };
}

function writeUser(turn: Turn, path: string, losses: Loss[]): Written[] {
  const messages: Written[] = [];
  const after: Written[] = [];
  const rest: Written[] = [];
  for (const [i, part] of turn.parts.entries()) {
    const at = `${path}[${i}]`;
    if (part.kind === 'tool_result') messages.push(writeResult(part, at, after, losses));
    else {
      const written = writePart(part, at, losses);
      if (written !== null) rest.push(written);
    }
  }
  const content = [...after, ...rest];
  if (content.length > 0 || messages.length === 0) messages.push({ role: 'user', content: contentOf(content) });
  return messages;
}

/** Thoughts of Cohere's own models go back where they stood; another maker's mean nothing there. */
function ownThoughts(parts: readonly Part[], where: string): string {
  const own = parts.filter(
    (part): part is ReasoningPart => part.kind === 'reasoning' && part.proof?.protocol === 'cohere',
  );
  return own
    .filter((part) => part.proof?.value === where)
    .map((part) => part.text)
    .join('');
}

function writeAssistant(turn: Turn, path: string, losses: Loss[]): Written {
  const { parts } = turn;
  const calls = parts.flatMap((part) =>
    part.kind === 'tool_call'
      ? [{ id: part.id, type: 'function', function: { name: part.name, arguments: part.arguments || '{}' } }]
      : [],
  );
  const said = writeParts(parts, path, losses);
  const thinking = ownThoughts(parts, THINKING);
  const plan = ownThoughts(parts, PLAN);
  const content = thinking === '' ? contentOf(said) : [{ type: 'thinking', thinking }, ...said];
  return defined({
    role: 'assistant',
    content: content === '' && calls.length > 0 ? undefined : content,
    tool_plan: plan === '' ? undefined : plan,
    tool_calls: calls.length === 0 ? undefined : calls,
  });
}

/** Writes turns as messages of Cohere's second API. */
export function writeMessages(turns: readonly Turn[], losses: Loss[]): Written[] {
  const messages: Written[] = [];
  for (const [i, turn] of turns.entries()) {
    const path = `messages[${i}].content`;
    if (turn.role === 'user') messages.push(...writeUser(turn, path, losses));
    else if (turn.role === 'assistant') messages.push(writeAssistant(turn, path, losses));
    else messages.push({ role: 'system', content: contentOf(writeParts(turn.parts, path, losses)) });
  }
  return messages;
}
