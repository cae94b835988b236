import type { Loss, Part, ToolResultPart, Turn } from '../../neutral/call.ts';
import { defined } from '../../object.ts';
import { splitProof } from './reasoning-id.ts';

type Item = Readonly<Record<string, unknown>>;

function urlOf(source: { readonly kind: string } & Record<string, unknown>): string {
  return source.kind === 'data' ? `data:${String(source.mediaType)};base64,${String(source.data)}` : String(source.url);
}

function lose(losses: Loss[], path: string, why: string): null {
  losses.push({ path, why, essential: true });
  return null;
}

/** A part of what the user says, or of a tool's result. */
function writePart(part: Part, path: string, losses: Loss[]): Item | null {
  switch (part.kind) {
    case 'text':
      return { type: 'input_text', text: part.text };
    case 'refusal':
      return { type: 'input_text', text: part.text };
    case 'image': {
      const { source } = part;
      if (source.kind !== 'file')
        return defined({ type: 'input_image', image_url: urlOf({ ...source }), detail: part.detail ?? 'auto' });
      if (source.protocol !== 'openai_responses')
        return lose(losses, path, 'a file of another provider is not known there');
      return defined({ type: 'input_image', file_id: source.id, detail: part.detail ?? 'auto' });
    }
    case 'document': {
      const { source, name } = part;
      if (source.kind === 'text')
        return { type: 'input_text', text: name === undefined ? source.text : `${name}\n\n${source.text}` };
      if (source.kind === 'url') return { type: 'input_file', file_url: source.url };
      if (source.kind === 'data')
        return { type: 'input_file', filename: name ?? 'document', file_data: urlOf({ ...source }) };
      if (source.protocol !== 'openai_responses')
        return lose(losses, path, 'a file of another provider is not known there');
      return { type: 'input_file', file_id: source.id };
    }
    case 'other':
      return part.protocol === 'openai_responses'
        ? (part.raw as Item)
        : lose(losses, part.path, 'the provider’s protocol has nothing like it');
    case 'audio':
    case 'video':
      return lose(losses, path, `the provider’s protocol has no ${part.kind}`);
    default:
      return null;
  }
}

function writeResult(part: ToolResultPart, path: string, losses: Loss[]): Item {
  const failed = part.isError ? 'Error: ' : '';
  if (part.parts.every((piece) => piece.kind === 'text')) {
    const output = failed + part.parts.map((piece) => piece.text).join('\n');
    return { type: 'function_call_output', call_id: part.callId, output };
  }
  const output = part.parts.flatMap((piece, i) => writePart(piece, `${path}.content[${i}]`, losses) ?? []);
  if (failed !== '') output.unshift({ type: 'input_text', text: failed.trim() });
  return { type: 'function_call_output', call_id: part.callId, output };
}

function writeUser(turn: Turn, path: string, losses: Loss[]): Item[] {
  const items: Item[] = [];
  const content: Item[] = [];
  for (const [i, part] of turn.parts.entries()) {
    const at = `${path}.content[${i}]`;
    if (part.kind === 'tool_result') items.push(writeResult(part, at, losses));
    else if (
      part.kind === 'other' &&
      part.protocol === 'openai_responses' &&
      part.path.startsWith('input[') &&
      !part.path.includes('.')
    ) {
      items.push(part.raw as Item);
    } else {
      const written = writePart(part, at, losses);
      if (written !== null) content.push(written);
    }
  }
  if (content.length > 0) items.push({ type: 'message', role: 'user', content });
  return items;
}

/** What the assistant said, item by item and in its order. */
function writeAssistant(turn: Turn, path: string, losses: Loss[]): Item[] {
  const items: Item[] = [];
  for (const [i, part] of turn.parts.entries()) {
    if (part.kind === 'text' && part.text !== '') {
      items.push({
        type: 'message',
        role: 'assistant',
        content: [{ type: 'output_text', text: part.text, annotations: [] }],
      });
    } else if (part.kind === 'refusal') {
      items.push({ type: 'message', role: 'assistant', content: [{ type: 'refusal', refusal: part.text }] });
    } else if (part.kind === 'tool_call') {
      items.push({ type: 'function_call', call_id: part.id, name: part.name, arguments: part.arguments });
    } else if (part.kind === 'reasoning') {
      // Thoughts without encrypted content of its own maker are nothing to the model.
      if (part.proof?.protocol !== 'openai_responses') continue;
      const { id, encrypted } = splitProof(part.proof.value);
      const summary = part.text === '' ? [] : [{ type: 'summary_text', text: part.text }];
      items.push(defined({ type: 'reasoning', id, summary, encrypted_content: encrypted }));
    } else if (part.kind === 'other' && part.protocol === 'openai_responses') items.push(part.raw as Item);
    else if (part.kind === 'other') lose(losses, part.path, 'the provider’s protocol has nothing like it');
    else if (part.kind !== 'text') lose(losses, `${path}.content[${i}]`, 'an answer cannot hold it there');
  }
  return items;
}

/** Writes turns as items; instructions stay where they stood. */
export function writeInput(turns: readonly Turn[], losses: Loss[]): Item[] {
  return turns.flatMap((turn, i) => {
    const path = `messages[${i}]`;
    if (turn.role === 'user') return writeUser(turn, path, losses);
    if (turn.role === 'assistant') return writeAssistant(turn, path, losses);
    const text = turn.parts.flatMap((part) => (part.kind === 'text' ? [part.text] : [])).join('\n');
    return [{ type: 'message', role: 'developer', content: [{ type: 'input_text', text }] }];
  });
}
