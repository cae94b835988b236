import type { CallIssue, DocumentPart, MediaSource, Part, ToolResultPart, Turn } from '../../neutral/call.ts';
import { defined, isObject, ownEntry, textOf } from '../../object.ts';
import { mediaSource } from '../openai-chat/media.ts';
import { readCallProof } from './call-proof.ts';
import { thoughtsOf } from './read-answer.ts';
import { readProof } from './reasoning-id.ts';

type Members = Readonly<Record<string, unknown>>;

function problem(param: string, message: string): CallIssue {
  return { malformed: false, param, message };
}

function readFile(given: Members, path: string): Part | CallIssue {
  const name = textOf(given.filename);
  const file = (source: DocumentPart['source']): Part => defined({ kind: 'document', source, name });
  if (typeof given.file_data === 'string') return file(mediaSource(given.file_data));
  if (typeof given.file_url === 'string') return file({ kind: 'url', url: given.file_url });
  if (typeof given.file_id !== 'string') return problem(path, 'must have `file_data`, `file_url` or `file_id`');
  return file({ kind: 'file', id: given.file_id, protocol: 'openai_responses' });
}

function readPart(given: unknown, path: string): Part | CallIssue {
  if (!isObject(given)) return problem(path, 'must be a content part');
  switch (given.type) {
    case 'input_text':
    case 'output_text':
    case 'text':
      if (typeof given.text !== 'string') return problem(`${path}.text`, 'must be a text');
      return { kind: 'text', text: given.text };
    case 'refusal':
      return { kind: 'refusal', text: textOf(given.refusal) ?? '' };
    case 'input_image': {
      const file = textOf(given.file_id);
      const url = textOf(given.image_url);
      if (file === undefined && url === undefined) return problem(`${path}.image_url`, 'must be a URL');
      const source: MediaSource =
        url === undefined ? { kind: 'file', id: file ?? '', protocol: 'openai_responses' } : mediaSource(url);
      return defined({ kind: 'image', source, detail: textOf(given.detail) });
    }
    case 'input_file':
      return readFile(given, path);
    default:
      if (typeof given.type !== 'string') return problem(`${path}.type`, 'must name the kind of part');
      return { kind: 'other', protocol: 'openai_responses', path, raw: given };
  }
}

function readContent(content: unknown, path: string): Part[] | CallIssue {
  if (typeof content === 'string') return content === '' ? [] : [{ kind: 'text', text: content }];
  if (!Array.isArray(content)) return problem(path, 'must be a text or an array of parts');
  const parts: Part[] = [];
  for (const [i, entry] of content.entries()) {
    const part = readPart(entry, `${path}[${i}]`);
    if ('malformed' in part) return part;
    parts.push(part);
  }
  return parts;
}

function isResultPart(part: Part): part is ToolResultPart['parts'][number] {
  return part.kind === 'text' || part.kind === 'image' || part.kind === 'document' || part.kind === 'other';
}

const ROLES: Readonly<Record<string, Turn['role']>> = {
  system: 'system',
  developer: 'system',
  user: 'user',
  assistant: 'assistant',
};

/** Gathers items into turns: what one side says in several items is one turn. */
class Turns {
  readonly list: { role: Turn['role']; parts: Part[] }[] = [];
  /** Names of tools by the call that named them. */
  readonly names = new Map<string, string>();

  add(role: Turn['role'], parts: readonly Part[]): void {
    const last = this.list.at(-1);
    const results = parts.every((part) => part.kind === 'tool_result');
    const joins = role === 'assistant' || (results && last?.parts.every((part) => part.kind === 'tool_result'));
    if (last?.role === role && joins) last.parts.push(...parts);
    else this.list.push({ role, parts: [...parts] });
  }
}

function readItem(item: unknown, path: string, turns: Turns): CallIssue | null {
  if (!isObject(item)) return problem(path, 'must be an item');
  switch (item.type) {
    case undefined:
    case 'message': {
      const role = typeof item.role === 'string' ? ownEntry(ROLES, item.role) : undefined;
      if (role === undefined) return problem(`${path}.role`, 'must be system, developer, user or assistant');
      const parts = readContent(item.content, `${path}.content`);
      if ('malformed' in parts) return parts;
      turns.add(role, parts);
      return null;
    }
    case 'function_call': {
      if (typeof item.call_id !== 'string') return problem(`${path}.call_id`, 'must be the call’s id');
      if (typeof item.name !== 'string' || item.name === '') return problem(`${path}.name`, 'must be the tool’s name');
      turns.names.set(item.call_id, item.name);
      const args = textOf(item.arguments) || '{}';
      turns.add('assistant', [{ kind: 'tool_call', id: item.call_id, name: item.name, arguments: args }]);
      return null;
    }
    case 'function_call_output': {
      if (typeof item.call_id !== 'string') return problem(`${path}.call_id`, 'must name the call it answers');
      const parts = readContent(item.output ?? '', `${path}.output`);
      if ('malformed' in parts) return parts;
      const name = turns.names.get(item.call_id);
      const result = defined({ kind: 'tool_result', callId: item.call_id, name, parts: parts.filter(isResultPart) });
      turns.add('user', [result]);
      return null;
    }
    case 'reasoning': {
      const encrypted = textOf(item.encrypted_content);
      if (encrypted !== undefined && readCallProof(encrypted, turns.list.at(-1)?.parts ?? [])) return null;
      const text = thoughtsOf(item);
      const proof = encrypted === undefined ? undefined : readProof(textOf(item.id), encrypted);
      const redacted = text === '' && proof !== undefined ? true : undefined;
      turns.add('assistant', [defined({ kind: 'reasoning', text, redacted, proof })]);
      return null;
    }
    default:
      if (typeof item.type !== 'string') return problem(`${path}.type`, 'must name the kind of item');
      turns.add(item.type.endsWith('_output') ? 'user' : 'assistant', [
        { kind: 'other', protocol: 'openai_responses', path, raw: item },
      ]);
      return null;
  }
}

/** Reads `instructions` and `input` as turns. */
export function readInput(body: Members): readonly Turn[] | CallIssue {
  const turns = new Turns();
  const { input, instructions } = body;
  if (typeof instructions === 'string' && instructions !== '') {
    turns.add('system', [{ kind: 'text', text: instructions }]);
  }
  if (typeof input === 'string') turns.add('user', [{ kind: 'text', text: input }]);
  else if (Array.isArray(input)) {
    for (const [i, item] of input.entries()) {
      const wrong = readItem(item, `input[${i}]`, turns);
      if (wrong !== null) return wrong;
    }
  } else return problem('input', '`input` must be a text or an array of items.');
  return turns.list;
}
