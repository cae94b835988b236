import type { CacheMark, CallIssue, MediaSource, Part, ToolResultPart, Turn } from '../../neutral/call.ts';
import { defined, isObject, ownEntry, textOf } from '../../object.ts';
import { mediaSource } from './media.ts';
import { readProof, readThoughts } from './thoughts.ts';

function problem(param: string, message: string): CallIssue {
  return { malformed: false, param, message };
}

function cacheOf(given: Readonly<Record<string, unknown>>): CacheMark | undefined {
  const mark = given.cache_control;
  if (!isObject(mark)) return undefined;
  return { ttl: mark.ttl === '1h' ? '1h' : '5m' };
}

const AUDIO_TYPES: Readonly<Record<string, string>> = { mp3: 'audio/mpeg', wav: 'audio/wav' };

function readPart(given: unknown, path: string): Part | CallIssue {
  if (!isObject(given)) return problem(path, 'must be a content part');
  const cache = cacheOf(given);
  switch (given.type) {
    case 'text':
    case 'input_text':
      if (typeof given.text !== 'string') return problem(`${path}.text`, 'must be a text');
      return defined({ kind: 'text', text: given.text, cache });
    case 'refusal':
      return { kind: 'refusal', text: textOf(given.refusal) ?? '' };
    case 'image_url': {
      const image = isObject(given.image_url) ? given.image_url : { url: given.image_url };
      if (typeof image.url !== 'string') return problem(`${path}.image_url.url`, 'must be a URL');
      return defined({ kind: 'image', source: mediaSource(image.url), detail: textOf(image.detail), cache });
    }
    case 'input_audio': {
      const audio = given.input_audio;
      if (!isObject(audio) || typeof audio.data !== 'string')
        return problem(`${path}.input_audio.data`, 'must be base64');
      const format = textOf(audio.format) ?? 'wav';
      const mediaType = ownEntry(AUDIO_TYPES, format) ?? `audio/${format}`;
      return { kind: 'audio', source: { kind: 'data', mediaType, data: audio.data } };
    }
    case 'file': {
      const { file } = given;
      if (!isObject(file)) return problem(`${path}.file`, 'must be an object');
      const name = textOf(file.filename);
      if (typeof file.file_data === 'string') {
        return defined({ kind: 'document', source: mediaSource(file.file_data), name, cache });
      }
      if (typeof file.file_id !== 'string') return problem(`${path}.file`, 'must have `file_data` or `file_id`');
      const source: MediaSource = { kind: 'file', id: file.file_id, protocol: 'openai_chat' };
      return defined({ kind: 'document', source, name, cache });
    }
    case 'video_url': {
      const video = isObject(given.video_url) ? given.video_url.url : given.video_url;
      if (typeof video !== 'string') return problem(`${path}.video_url.url`, 'must be a URL');
      return { kind: 'video', source: mediaSource(video) };
    }
    default:
      if (typeof given.type !== 'string') return problem(`${path}.type`, 'must name the kind of part');
      return { kind: 'other', protocol: 'openai_chat', path, raw: given };
  }
}

function readContent(content: unknown, path: string): Part[] | CallIssue {
  if (content === null || content === undefined) return [];
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

function readCalls(message: Readonly<Record<string, unknown>>, path: string): Part[] | CallIssue {
  const legacy = message.function_call;
  if (isObject(legacy) && typeof legacy.name === 'string') {
    return [{ kind: 'tool_call', id: legacy.name, name: legacy.name, arguments: textOf(legacy.arguments) || '{}' }];
  }
  const { tool_calls: calls } = message;
  if (calls === undefined || calls === null) return [];
  if (!Array.isArray(calls)) return problem(`${path}.tool_calls`, 'must be an array');
  const parts: Part[] = [];
  for (const [i, call] of calls.entries()) {
    const at = `${path}.tool_calls[${i}]`;
    if (!isObject(call)) return problem(at, 'must be a tool call');
    const fn = call.function;
    if (!isObject(fn)) {
      parts.push({ kind: 'other', protocol: 'openai_chat', path: at, raw: call });
      continue;
    }
    if (typeof fn.name !== 'string' || fn.name === '') return problem(`${at}.function.name`, 'must be the tool’s name');
    if (typeof call.id !== 'string') return problem(`${at}.id`, 'must be the call’s id');
    const proof = readProof(call);
    const args = typeof fn.arguments === 'string' ? fn.arguments : JSON.stringify(fn.arguments ?? {});
    parts.push(defined({ kind: 'tool_call', id: call.id, name: fn.name, arguments: args || '{}', proof }) as Part);
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

/** Reads `messages`; each message a turn, but results of tools that follow each other are one. */
export function readMessages(messages: unknown): readonly Turn[] | CallIssue {
  if (!Array.isArray(messages)) return problem('messages', '`messages` must be an array of messages.');
  const turns: Turn[] = [];
  const names = new Map<string, string>();
  /** Of the turn that gathers results of tools, while they follow each other. */
  let results: ToolResultPart[] | null = null;
  for (const [i, message] of messages.entries()) {
    const path = `messages[${i}]`;
    if (!isObject(message)) return problem(path, 'must be a message');
    const content = readContent(message.content, `${path}.content`);
    if ('malformed' in content) return content;
    if (message.role === 'tool' || message.role === 'function') {
      const callId = textOf(message.tool_call_id) ?? textOf(message.name);
      if (callId === undefined) return problem(`${path}.tool_call_id`, 'must name the call it answers');
      if (results === null) {
        results = [];
        turns.push({ role: 'user', parts: results });
      }
      const name = names.get(callId) ?? textOf(message.name);
      results.push(defined({ kind: 'tool_result', callId, name, parts: content.filter(isResultPart) }));
      continue;
    }
    results = null;
    const role = typeof message.role === 'string' ? ownEntry(ROLES, message.role) : undefined;
    if (role === undefined) return problem(`${path}.role`, 'must be system, developer, user, assistant or tool');
    const name = textOf(message.name);
    if (role !== 'assistant') {
      turns.push(defined({ role, parts: content, name }));
      continue;
    }
    const calls = readCalls(message, path);
    if ('malformed' in calls) return calls;
    for (const call of calls) if (call.kind === 'tool_call') names.set(call.id, call.name);
    const refusal: Part[] = typeof message.refusal === 'string' ? [{ kind: 'refusal', text: message.refusal }] : [];
    const audio: Part[] = isObject(message.audio)
      ? [{ kind: 'other', protocol: 'openai_chat', path: `${path}.audio`, raw: message.audio }]
      : [];
    const parts = [...readThoughts(message), ...content, ...refusal, ...audio, ...calls];
    turns.push(defined({ role, parts, name }));
  }
  return turns;
}
