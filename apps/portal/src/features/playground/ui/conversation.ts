import type { FieldIssue } from '@parley/kernel/fault';

/** A conversation as the playground holds it: numbers and JSON as the text that was typed. No key is ever part of it. */
export interface Conversation {
  readonly turns: readonly TurnDraft[];
  readonly tools: readonly ToolDraft[];
  readonly settings: Settings;
  /** Names of the models it is asked of, side by side. */
  readonly models: readonly string[];
}

export type TurnRole = 'system' | 'user' | 'assistant' | 'tool';

export interface TurnDraft {
  readonly key: number;
  readonly role: TurnRole;
  readonly text: string;
  /** Data URLs, of turns of the user. */
  readonly images: readonly string[];
  /** Of turns of the assistant. */
  readonly calls: readonly ToolCall[];
  /** Of a tool's result: the call it answers. */
  readonly callId: string;
}

export interface ToolCall {
  readonly id: string;
  readonly name: string;
  /** JSON as the model wrote it. */
  readonly arguments: string;
}

export interface ToolDraft {
  readonly key: number;
  readonly name: string;
  readonly description: string;
  /** JSON Schema of the arguments. */
  readonly parameters: string;
}

export interface Settings {
  readonly temperature: string;
  readonly topP: string;
  readonly maxTokens: string;
  readonly seed: string;
  /** One per line. */
  readonly stop: string;
  readonly effort: '' | 'minimal' | 'low' | 'medium' | 'high';
  readonly toolChoice: '' | 'none' | 'required';
  /** JSON Schema that the answer must fit; empty for text. */
  readonly schema: string;
}

export const MOST_MODELS = 3;

let lastKey = 0;
const newKey = (): number => ++lastKey;

export const emptyTurn = (role: TurnRole): TurnDraft => ({
  key: newKey(),
  role,
  text: '',
  images: [],
  calls: [],
  callId: '',
});

export const emptyTool = (): ToolDraft => ({
  key: newKey(),
  name: '',
  description: '',
  parameters:
    '{\n  "type": "object",\n  "properties": {\n    "city": { "type": "string" }\n  },\n  "required": ["city"]\n}',
});

const NO_SETTINGS: Settings = {
  temperature: '',
  topP: '',
  maxTokens: '',
  seed: '',
  stop: '',
  effort: '',
  toolChoice: '',
  schema: '',
};

export function newConversation(models: readonly string[] = ['']): Conversation {
  return { turns: [emptyTurn('system'), emptyTurn('user')], tools: [], settings: NO_SETTINGS, models };
}

type Json = Record<string, unknown>;

/** A conversation as a Chat Completions request but for the model, and what of it cannot be read. */
export function requestOf({ turns, tools, settings }: Conversation): { request: Json; issues: FieldIssue[] } {
  const issues: FieldIssue[] = [];
  const json = (text: string, path: string): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      issues.push({ path, message: 'This is not JSON.' });
      return {};
    }
  };
  const number = (text: string, path: string): number | undefined => {
    if (text.trim() === '') return undefined;
    const value = Number(text);
    if (Number.isFinite(value)) return value;
    issues.push({ path, message: 'This is not a number.' });
    return undefined;
  };
  tools.forEach(({ name }, at) => {
    if (!/^[A-Za-z0-9_-]{1,64}$/.test(name)) {
      issues.push({ path: `tools.${at}.name`, message: 'Letters, digits, _ and -, at most 64.' });
    }
  });
  const stop = settings.stop.split('\n').filter((line) => line !== '');
  const request: Json = {
    messages: turns.filter(saysSomething).map(messageOf),
    temperature: number(settings.temperature, 'temperature'),
    top_p: number(settings.topP, 'topP'),
    max_tokens: number(settings.maxTokens, 'maxTokens'),
    seed: number(settings.seed, 'seed'),
    stop: stop.length > 0 ? stop : undefined,
    reasoning_effort: settings.effort || undefined,
    tools:
      tools.length === 0
        ? undefined
        : tools.map(({ name, description, parameters }, at) => ({
            type: 'function',
            function: {
              name,
              ...(description ? { description } : {}),
              parameters: json(parameters || '{}', `tools.${at}.parameters`),
            },
          })),
    tool_choice: tools.length > 0 && settings.toolChoice ? settings.toolChoice : undefined,
    response_format: settings.schema.trim()
      ? { type: 'json_schema', json_schema: { name: 'answer', schema: json(settings.schema, 'schema') } }
      : undefined,
    stream: true,
  };
  return { request: Object.fromEntries(Object.entries(request).filter(([, value]) => value !== undefined)), issues };
}

/** True for a turn that is worth sending. */
export function saysSomething({ text, images, calls, role }: TurnDraft): boolean {
  return text !== '' || images.length > 0 || calls.length > 0 || role === 'tool';
}

function messageOf({ role, text, images, calls, callId }: TurnDraft): Json {
  if (role === 'tool') return { role, tool_call_id: callId, content: text };
  if (role === 'assistant' && calls.length > 0) {
    return {
      role,
      content: text || null,
      tool_calls: calls.map(({ id, name, arguments: given }) => ({
        id,
        type: 'function',
        function: { name, arguments: given },
      })),
    };
  }
  if (role !== 'user' || images.length === 0) return { role, content: text };
  const pictures = images.map((url) => ({ type: 'image_url', image_url: { url } }));
  return { role, content: [...(text ? [{ type: 'text', text }] : []), ...pictures] };
}

/** The conversation gone on with: the model's answer, a place for each tool's result, or for what comes next. */
export function continued(
  conversation: Conversation,
  answer: { readonly text: string; readonly calls: readonly ToolCall[] },
): Conversation {
  const said = conversation.turns.filter(saysSomething);
  const results = answer.calls.map(({ id }) => ({ ...emptyTurn('tool'), callId: id }));
  return {
    ...conversation,
    turns: [
      ...said,
      { ...emptyTurn('assistant'), text: answer.text, calls: answer.calls },
      ...(results.length > 0 ? results : [emptyTurn('user')]),
    ],
  };
}

const TEXT_SETTINGS = ['temperature', 'topP', 'maxTokens', 'seed', 'stop', 'schema'] as const;
const ROLES: readonly string[] = ['system', 'user', 'assistant', 'tool'];
const EFFORTS: readonly string[] = ['minimal', 'low', 'medium', 'high'];

const isRecord = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const textIn = (value: unknown): string => (typeof value === 'string' ? value : '');
const listIn = (value: unknown): Json[] => (Array.isArray(value) ? value.filter(isRecord) : []);

/** A conversation from what a link or this browser kept of it; `null` for anything that is none. */
export function readConversation(kept: unknown): Conversation | null {
  if (!isRecord(kept) || !Array.isArray(kept['turns'])) return null;
  const settings = isRecord(kept['settings']) ? kept['settings'] : {};
  const turns = listIn(kept['turns']).flatMap((turn) =>
    ROLES.includes(textIn(turn['role']))
      ? [
          {
            ...emptyTurn(turn['role'] as TurnRole),
            text: textIn(turn['text']),
            images: (Array.isArray(turn['images']) ? turn['images'] : []).filter(isImage),
            calls: listIn(turn['calls']).map((call) => ({
              id: textIn(call['id']),
              name: textIn(call['name']),
              arguments: textIn(call['arguments']),
            })),
            callId: textIn(turn['callId']),
          },
        ]
      : [],
  );
  const models = (Array.isArray(kept['models']) ? kept['models'] : []).map(textIn).slice(0, MOST_MODELS);
  const effort = textIn(settings['effort']);
  const toolChoice = textIn(settings['toolChoice']);
  return {
    turns: turns.length > 0 ? turns : newConversation().turns,
    tools: listIn(kept['tools']).map((tool) => ({
      key: newKey(),
      name: textIn(tool['name']),
      description: textIn(tool['description']),
      parameters: textIn(tool['parameters']),
    })),
    settings: {
      ...NO_SETTINGS,
      ...Object.fromEntries(TEXT_SETTINGS.map((name) => [name, textIn(settings[name])])),
      effort: EFFORTS.includes(effort) ? (effort as Settings['effort']) : '',
      toolChoice: toolChoice === 'none' || toolChoice === 'required' ? toolChoice : '',
    },
    models: models.length > 0 ? models : [''],
  };
}

/** Only pictures in place: a link must not make a reader's browser fetch from anywhere. */
function isImage(value: unknown): value is string {
  return typeof value === 'string' && /^data:image\/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/=]*$/.test(value);
}
