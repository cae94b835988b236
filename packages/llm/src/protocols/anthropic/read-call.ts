import type { ClientCall } from '../../codec.ts';
import { mayLoseDigits } from '../../exact-json.ts';
import { memberText } from '../../json-edit.ts';
import type { Call, CallIssue, OutputForm, Reasoning, Tool, ToolChoice, Turn } from '../../neutral/call.ts';
import { defined, isObject, numberOf, ownEntry, textOf } from '../../object.ts';
import { Leftovers } from './leftovers.ts';
import { MessagesReader, readCache } from './read-messages.ts';
import { problem } from './request.ts';

type Members = Readonly<Record<string, unknown>>;

/** Members with a place in the neutral form. */
const KNOWN = [
  'model',
  'messages',
  'system',
  'stream',
  'tools',
  'tool_choice',
  'max_tokens',
  'temperature',
  'top_p',
  'top_k',
  'stop_sequences',
  'thinking',
  'output_config',
  'output_format',
  'metadata',
  'service_tier',
];

const KNOWN_OF_TOOL = ['type', 'name', 'description', 'input_schema', 'strict', 'cache_control'];

function readTools(given: unknown, leftovers: Leftovers): Tool[] | CallIssue {
  if (given === undefined || given === null) return [];
  if (!Array.isArray(given)) return problem('tools', 'must be an array of tools');
  const tools: Tool[] = [];
  for (const [i, tool] of given.entries()) {
    const path = `tools[${i}]`;
    if (!isObject(tool)) return problem(path, 'must be a tool');
    const { type, name, input_schema: schema } = tool;
    if (type !== undefined && type !== null && type !== 'custom') {
      if (typeof type !== 'string') return problem(`${path}.type`, 'must name the kind of tool');
      tools.push({ kind: 'other', protocol: 'anthropic', path, raw: tool });
      continue;
    }
    if (typeof name !== 'string' || name === '') return problem(`${path}.name`, 'must be the tool’s name');
    if (schema !== undefined && !isObject(schema))
      return problem(`${path}.input_schema`, 'must be a JSON Schema object');
    leftovers.note(tool, KNOWN_OF_TOOL, path);
    tools.push(
      defined({
        kind: 'function',
        name,
        description: textOf(tool.description),
        parameters: schema,
        strict: typeof tool.strict === 'boolean' ? tool.strict : undefined,
        cache: readCache(tool),
      }) as Tool,
    );
  }
  return tools;
}

const CHOICES: Readonly<Record<string, ToolChoice>> = { auto: 'auto', any: 'any', none: 'none' };

function readToolChoice(given: unknown): ToolChoice | undefined | CallIssue {
  if (given === undefined || given === null) return undefined;
  if (isObject(given)) {
    if (given.type === 'tool' && typeof given.name === 'string') return { tool: given.name };
    const choice =
      typeof given.type === 'string' && Object.hasOwn(CHOICES, given.type) ? CHOICES[given.type] : undefined;
    if (choice !== undefined) return choice;
  }
  return problem('tool_choice', 'must be of type auto, any, none, or tool with its name');
}

function readOutput(body: Members): OutputForm | undefined | CallIssue {
  const config = isObject(body.output_config) ? body.output_config : {};
  const format = config.format ?? body.output_format;
  if (format === undefined || format === null) return undefined;
  const path = config.format === undefined ? 'output_format' : 'output_config.format';
  if (!isObject(format) || format.type !== 'json_schema' || !isObject(format.schema)) {
    return problem(path, 'must be of type json_schema, with a schema');
  }
  return { kind: 'json_schema', name: textOf(format.schema.title) ?? 'answer', schema: format.schema, strict: true };
}

const EFFORTS: Readonly<Record<string, NonNullable<Reasoning['effort']>>> = {
  low: 'low',
  medium: 'medium',
  high: 'high',
  xhigh: 'max',
  max: 'max',
};

function readReasoning(body: Members): Reasoning | undefined | CallIssue {
  const config = isObject(body.output_config) ? body.output_config : {};
  const word = textOf(config.effort);
  const effort = word !== undefined && Object.hasOwn(EFFORTS, word) ? EFFORTS[word] : undefined;
  const { thinking } = body;
  if (thinking === undefined || thinking === null) return effort === undefined ? undefined : { mode: 'on', effort };
  if (!isObject(thinking) || typeof thinking.type !== 'string') {
    return problem('thinking', 'must be of type enabled, adaptive or disabled');
  }
  const show = thinking.display === undefined || thinking.display === null ? undefined : thinking.display !== 'omitted';
  if (thinking.type === 'disabled') return { mode: 'off' };
  if (thinking.type !== 'enabled') return defined({ mode: effort ? 'on' : 'adaptive', effort, show }) as Reasoning;
  const budgetTokens = numberOf(thinking.budget_tokens);
  if (budgetTokens === undefined) return problem('thinking.budget_tokens', 'must be a number');
  return defined({ mode: 'on', budgetTokens, effort, show }) as Reasoning;
}

const NUMBERS = ['max_tokens', 'temperature', 'top_p', 'top_k'] as const;

function badMember(body: Members): CallIssue | null {
  for (const name of NUMBERS) {
    const value = body[name];
    if (value !== undefined && value !== null && numberOf(value) === undefined)
      return problem(name, 'must be a number');
  }
  const { stop_sequences: stop } = body;
  if (stop === undefined || stop === null) return null;
  const isList = Array.isArray(stop) && stop.every((item) => typeof item === 'string');
  return isList ? null : problem('stop_sequences', 'must be a list of texts');
}

function readTurns(call: ClientCall, leftovers: Leftovers): Turn[] | CallIssue {
  const { messages, system } = call.body;
  if (!Array.isArray(messages)) return problem('messages', 'must be an array of messages');
  const reader = new MessagesReader(leftovers);
  const turns: Turn[] = [];
  if (system !== undefined && system !== null) {
    const turn = reader.system(system, 'system');
    if ('malformed' in turn) return turn;
    turns.push(turn);
  }
  const text = mayLoseDigits(call.text) ? memberText(call.text, 'messages') : null;
  const rest = reader.messages(messages, text);
  return 'malformed' in rest ? rest : [...turns, ...rest];
}

const TIERS: Readonly<Record<string, string>> = { auto: 'auto', standard_only: 'default' };

/** Reads a Messages request whole. */
export function readCall(call: ClientCall): Call | CallIssue {
  const { body } = call;
  const wrong = badMember(body);
  if (wrong !== null) return wrong;
  const leftovers = new Leftovers();
  const turns = readTurns(call, leftovers);
  if ('malformed' in turns) return turns;
  const tools = readTools(body.tools, leftovers);
  if ('malformed' in tools) return tools;
  const toolChoice = readToolChoice(body.tool_choice);
  if (typeof toolChoice === 'object' && 'malformed' in toolChoice) return toolChoice;
  const output = readOutput(body);
  if (output !== undefined && 'malformed' in output) return output;
  const reasoning = readReasoning(body);
  if (reasoning !== undefined && 'malformed' in reasoning) return reasoning;
  const metadata = isObject(body.metadata) ? body.metadata : {};
  const tier = textOf(body.service_tier);
  leftovers.note(body, KNOWN, '');
  leftovers.note(metadata, ['user_id'], 'metadata');
  if (isObject(body.output_config)) leftovers.note(body.output_config, ['format', 'effort'], 'output_config');
  const single = isObject(body.tool_choice) && body.tool_choice.disable_parallel_tool_use === true;
  return defined({
    protocol: 'anthropic',
    model: call.model,
    stream: call.stream,
    turns,
    tools,
    toolChoice,
    parallelToolCalls: single ? false : undefined,
    maxOutputTokens: numberOf(body.max_tokens),
    temperature: numberOf(body.temperature),
    topP: numberOf(body.top_p),
    topK: numberOf(body.top_k),
    stop: Array.isArray(body.stop_sequences) ? (body.stop_sequences as string[]) : undefined,
    output,
    reasoning,
    user: textOf(metadata.user_id),
    serviceTier: tier === undefined ? undefined : (ownEntry(TIERS, tier) ?? tier),
    extra: leftovers.noted,
  }) as Call;
}
