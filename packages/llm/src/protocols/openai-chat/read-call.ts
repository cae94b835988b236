import type { ClientCall } from '../../codec.ts';
import type { Call, CallIssue, OutputForm, Reasoning, Tool, ToolChoice, Turn } from '../../neutral/call.ts';
import { defined, isObject, numberOf, ownEntry, textOf } from '../../object.ts';
import { readEffort } from './effort.ts';
import { readMessages } from './read-messages.ts';

/** Members that have a place in the neutral call; every other one is kept in `extra`. */
const KNOWN = new Set([
  'messages',
  'model',
  'stream',
  'stream_options',
  'tools',
  'tool_choice',
  'functions',
  'function_call',
  'parallel_tool_calls',
  'max_tokens',
  'max_completion_tokens',
  'temperature',
  'top_p',
  'top_k',
  'stop',
  'seed',
  'frequency_penalty',
  'presence_penalty',
  'n',
  'logprobs',
  'top_logprobs',
  'response_format',
  'reasoning_effort',
  'reasoning',
  'user',
  'safety_identifier',
  'service_tier',
  'metadata',
]);

function problem(param: string, message: string): CallIssue {
  return { malformed: false, param, message };
}

/** True for what a reader could not read. */
export function isIssue(value: object): value is CallIssue {
  return 'malformed' in value;
}

function readFunction(given: unknown, path: string): Tool | CallIssue {
  if (!isObject(given)) return problem(path, 'must be an object');
  if (typeof given.name !== 'string' || given.name === '') return problem(`${path}.name`, 'must be the tool’s name');
  const { parameters } = given;
  if (parameters !== undefined && parameters !== null && !isObject(parameters)) {
    return problem(`${path}.parameters`, 'must be a JSON Schema object');
  }
  return defined({
    kind: 'function',
    name: given.name,
    description: textOf(given.description),
    parameters: parameters ?? undefined,
    strict: typeof given.strict === 'boolean' ? given.strict : undefined,
  });
}

function readTools(body: ClientCall['body']): readonly Tool[] | CallIssue {
  const { tools, functions } = body;
  const given = tools ?? functions ?? [];
  const name = tools === undefined || tools === null ? 'functions' : 'tools';
  if (!Array.isArray(given)) return problem(name, 'must be an array');
  const read: Tool[] = [];
  for (const [i, entry] of given.entries()) {
    const path = `${name}[${i}]`;
    const wrapped = name === 'tools';
    if (wrapped && isObject(entry) && entry.type !== undefined && entry.type !== 'function') {
      read.push({ kind: 'other', protocol: 'openai_chat', path, raw: entry });
      continue;
    }
    const tool = readFunction(wrapped && isObject(entry) ? entry.function : entry, wrapped ? `${path}.function` : path);
    if (isIssue(tool)) return tool;
    const cache = isObject(entry) && isObject(entry.cache_control) ? entry.cache_control : null;
    read.push(cache && tool.kind === 'function' ? { ...tool, cache: { ttl: cache.ttl === '1h' ? '1h' : '5m' } } : tool);
  }
  return read;
}

const CHOICES: Readonly<Record<string, ToolChoice>> = { auto: 'auto', none: 'none', required: 'any', any: 'any' };

function readToolChoice(given: unknown): ToolChoice | undefined | CallIssue {
  if (given === undefined || given === null) return undefined;
  if (typeof given === 'string') {
    return (
      ownEntry(CHOICES, given) ?? problem('tool_choice', '`tool_choice` must be none, auto, required or a function.')
    );
  }
  const named = isObject(given) && isObject(given.function) ? given.function : given;
  if (isObject(named) && typeof named.name === 'string') return { tool: named.name };
  return problem('tool_choice', '`tool_choice` must be none, auto, required or a function.');
}

function readOutput(given: unknown): OutputForm | undefined | CallIssue {
  if (given === undefined || given === null) return undefined;
  if (!isObject(given)) return problem('response_format', '`response_format` must be an object.');
  if (given.type === 'text') return undefined;
  if (given.type === 'json_object') return { kind: 'json' };
  const form = given.json_schema;
  if (given.type !== 'json_schema' || !isObject(form) || !isObject(form.schema)) {
    return problem('response_format', '`response_format` must be text, json_object, or json_schema with a schema.');
  }
  return defined({
    kind: 'json_schema',
    name: textOf(form.name) ?? 'answer',
    description: textOf(form.description),
    schema: form.schema,
    strict: typeof form.strict === 'boolean' ? form.strict : undefined,
  });
}

/** `reasoning_effort`, or the `reasoning` object that several gateways and their clients use. */
function readReasoning(body: ClientCall['body']): Reasoning | undefined | CallIssue {
  const effort = readEffort(body.reasoning_effort, 'reasoning_effort');
  if (effort !== undefined) return effort;
  const { reasoning } = body;
  if (!isObject(reasoning)) return undefined;
  if (reasoning.enabled === false) return { mode: 'off' };
  const given = readEffort(reasoning.effort, 'reasoning.effort') ?? { mode: 'on' };
  if (isIssue(given)) return given;
  return defined({
    ...given,
    budgetTokens: numberOf(reasoning.max_tokens),
    show: reasoning.exclude === true ? false : undefined,
  });
}

function readStop(given: unknown): readonly string[] | undefined | CallIssue {
  if (given === undefined || given === null) return undefined;
  const list = Array.isArray(given) ? given : [given];
  if (list.some((item) => typeof item !== 'string'))
    return problem('stop', '`stop` must be a text or a list of texts.');
  return list as string[];
}

const NUMBERS = ['temperature', 'top_p', 'top_k', 'seed', 'frequency_penalty', 'presence_penalty', 'n'] as const;

function badNumber(body: ClientCall['body']): CallIssue | null {
  for (const name of [...NUMBERS, 'max_tokens', 'max_completion_tokens', 'top_logprobs']) {
    const value = body[name];
    if (value !== undefined && value !== null && numberOf(value) === undefined) {
      return problem(name, `\`${name}\` must be a number.`);
    }
  }
  return null;
}

/** Reads a chat completion request whole (OpenAI API reference, “Create chat completion”). */
export function readCall(call: ClientCall): Call | CallIssue {
  const { body } = call;
  const wrong = badNumber(body);
  if (wrong !== null) return wrong;
  const turns: readonly Turn[] | CallIssue = readMessages(body.messages);
  if (isIssue(turns)) return turns;
  const tools = readTools(body);
  if (isIssue(tools)) return tools;
  const toolChoice = readToolChoice(body.tool_choice ?? body.function_call);
  if (typeof toolChoice === 'object' && isIssue(toolChoice)) return toolChoice;
  const output = readOutput(body.response_format);
  if (output !== undefined && isIssue(output)) return output;
  const reasoning = readReasoning(body);
  if (reasoning !== undefined && isIssue(reasoning)) return reasoning;
  const stop = readStop(body.stop);
  if (stop !== undefined && isIssue(stop)) return stop;
  const extra: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(body)) {
    if (!KNOWN.has(key) && value !== null) Object.defineProperty(extra, key, { value, enumerable: true });
  }
  return defined({
    protocol: 'openai_chat',
    model: call.model,
    stream: call.stream,
    turns,
    tools,
    toolChoice,
    parallelToolCalls: typeof body.parallel_tool_calls === 'boolean' ? body.parallel_tool_calls : undefined,
    maxOutputTokens: numberOf(body.max_completion_tokens) ?? numberOf(body.max_tokens),
    temperature: numberOf(body.temperature),
    topP: numberOf(body.top_p),
    topK: numberOf(body.top_k),
    stop,
    seed: numberOf(body.seed),
    frequencyPenalty: numberOf(body.frequency_penalty),
    presencePenalty: numberOf(body.presence_penalty),
    choices: numberOf(body.n),
    logprobs: body.logprobs === true ? { top: numberOf(body.top_logprobs) ?? 0 } : undefined,
    output,
    reasoning,
    user: textOf(body.user) ?? textOf(body.safety_identifier),
    serviceTier: textOf(body.service_tier),
    metadata: isObject(body.metadata) ? body.metadata : undefined,
    extra,
  });
}
