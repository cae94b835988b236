import { isObject, parseJson } from './object.ts';

type Event = Readonly<Record<string, unknown>>;

function first(value: unknown): Event | null {
  const item: unknown = Array.isArray(value) ? value[0] : null;
  return isObject(item) ? item : null;
}

function under(value: unknown, name: string): unknown {
  return isObject(value) ? value[name] : undefined;
}

/** Where the events of each client protocol hold what a model has said. */
const READERS: readonly ((event: Event) => unknown)[] = [
  // OpenAI Chat Completions: text, thoughts, a refusal, arguments for a tool.
  ({ choices }) => {
    const delta = first(choices)?.['delta'];
    const call = first(under(delta, 'tool_calls'));
    const called = under(call?.['function'], 'arguments');
    return [under(delta, 'reasoning_content'), under(delta, 'content'), under(delta, 'refusal'), called];
  },
  // OpenAI Responses (and of a prompt endpoint `text`): the delta is the text.
  ({ delta }) => delta,
  // Anthropic.
  ({ delta }) => [under(delta, 'thinking'), under(delta, 'text'), under(delta, 'partial_json')],
  // Cohere.
  ({ delta }) => {
    const content = under(under(delta, 'message'), 'content');
    return [under(content, 'text'), under(content, 'thinking')];
  },
  // Gemini.
  ({ candidates }) => {
    const parts = under(first(candidates)?.['content'], 'parts');
    return Array.isArray(parts) ? parts.map((part) => under(part, 'text')) : [];
  },
];

function textOf(event: Event): string {
  for (const read of READERS) {
    const found = read(event);
    const text = (Array.isArray(found) ? found : [found]).filter((part) => typeof part === 'string').join('');
    if (text !== '') return text;
  }
  return '';
}

/**
 * What a stream of server-sent events says, joined to one text, in any protocol that clients speak here: for people to read,
 * and for checks that would miss what is spread over events. Errors stand on lines of their own. A text that is no such
 * stream comes back as it is.
 */
export function streamedText(stream: string): string {
  let joined = '';
  let events = 0;
  let name = '';
  for (const line of stream.split(/\r?\n/)) {
    if (line.startsWith('event:')) name = line.slice(6).trim();
    if (line === '') name = '';
    if (!line.startsWith('data:')) continue;
    events++;
    const event = parseJson(line.slice(5).trim());
    if (!isObject(event)) continue;
    if (event['error'] !== undefined || name === 'error') joined += `\n${JSON.stringify(event)}\n`;
    // What a prompt endpoint gives at the end it has said before.
    else if (name === 'delta' && typeof event['text'] === 'string') joined += event['text'];
    else if (name !== 'done' && !isFinal(event)) joined += textOf(event);
  }
  return events === 0 ? stream : joined;
}

/** Events of OpenAI Responses that only tell a second time what the deltas told: `….done` have no delta. */
function isFinal({ type }: Event): boolean {
  return typeof type === 'string' && type.endsWith('.done');
}
