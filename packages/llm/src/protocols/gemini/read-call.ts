import type { ClientCall } from '../../codec.ts';
import type { Call, CallIssue, Part, Tool, ToolChoice, Turn } from '../../neutral/call.ts';
import { defined, isObject } from '../../object.ts';
import { camel, field, type Json, objectField, textField } from './field.ts';
import { readConfig } from './read-config.ts';
import { problem, readContents } from './read-contents.ts';
import { fromGeminiSchema } from './schema.ts';

/** Members that have a place in the neutral call; every other one is kept in `extra`. */
const KNOWN = new Set([
  'contents',
  'systemInstruction',
  'tools',
  'toolConfig',
  'generationConfig',
  'labels',
  'serviceTier',
  'model',
  'cachedContent',
]);

function readFunction(given: unknown, path: string): Tool | CallIssue {
  if (!isObject(given)) return problem(path, 'must be an object');
  const name = textField(given, 'name');
  if (name === undefined || name === '') return problem(`${path}.name`, 'must be the function’s name');
  const schema = field(given, 'parametersJsonSchema');
  const parameters = field(given, 'parameters');
  for (const [key, value] of [
    ['parametersJsonSchema', schema],
    ['parameters', parameters],
  ] as const) {
    if (value !== undefined && !isObject(value)) return problem(`${path}.${key}`, 'must be a schema');
  }
  return defined({
    kind: 'function',
    name,
    description: textField(given, 'description'),
    parameters: isObject(schema) ? schema : isObject(parameters) ? fromGeminiSchema(parameters) : undefined,
  }) as Tool;
}

/** One entry may hold functions and several of Google's own tools: each becomes a tool of its own. */
function readTools(given: unknown): readonly Tool[] | CallIssue {
  if (given === undefined) return [];
  const tools: Tool[] = [];
  const list = isObject(given) ? [given] : given;
  if (!Array.isArray(list)) return problem('tools', 'must be an array of tools');
  for (const [i, entry] of list.entries()) {
    if (!isObject(entry)) return problem(`tools[${i}]`, 'must be a tool');
    for (const [key, value] of Object.entries(entry)) {
      const name = camel(key);
      const path = `tools[${i}].${name}`;
      if (name !== 'functionDeclarations') {
        tools.push({ kind: 'other', protocol: 'gemini', path, raw: Object.fromEntries([[name, value]]) });
        continue;
      }
      if (!Array.isArray(value)) return problem(path, 'must be an array of functions');
      for (const [j, each] of value.entries()) {
        const tool = readFunction(each, `${path}[${j}]`);
        if ('malformed' in tool) return tool;
        tools.push(tool);
      }
    }
  }
  return tools;
}

const MODES: Readonly<Record<string, ToolChoice>> = { AUTO: 'auto', VALIDATED: 'auto', ANY: 'any', NONE: 'none' };

function readToolConfig(body: Json, extra: [string, unknown][]): ToolChoice | undefined {
  const config = objectField(body, 'toolConfig');
  if (!config) return undefined;
  for (const [key, value] of Object.entries(config)) {
    const name = camel(key);
    if (name !== 'functionCallingConfig') extra.push([`toolConfig.${name}`, value]);
  }
  const calling = objectField(config, 'functionCallingConfig');
  if (!calling) return undefined;
  const names = field(calling, 'allowedFunctionNames');
  const choice = MODES[(textField(calling, 'mode') ?? '').toUpperCase()];
  if (!Array.isArray(names) || names.length === 0) return choice;
  if (choice === 'any' && names.length === 1 && typeof names[0] === 'string') return { tool: names[0] };
  extra.push(['toolConfig.functionCallingConfig.allowedFunctionNames', names]);
  return choice;
}

function readInstruction(given: unknown): Turn[] | CallIssue {
  if (given === undefined) return [];
  if (typeof given === 'string') return [{ role: 'system', parts: [{ kind: 'text', text: given }] }];
  const turns = readContents(isObject(given) ? [{ ...given, role: 'system' }] : given);
  if (!('malformed' in turns)) return turns.filter((turn) => turn.parts.length > 0);
  const param = (turns.param ?? '')
    .replace('contents[0]', 'systemInstruction')
    .replace('contents', 'systemInstruction');
  return { ...turns, param, message: turns.message.replace(turns.param ?? '', param) };
}

/** Lists that clients always send, with nothing in them. */
const asksForNothing = (value: unknown): boolean => value === null || (Array.isArray(value) && value.length === 0);

/** Reads a request of `generateContent` whole (Gemini API reference; names in camel or snake case). */
export function readCall(call: ClientCall): Call | CallIssue {
  const { body } = call;
  const instruction = readInstruction(field(body, 'systemInstruction'));
  if ('malformed' in instruction) return instruction;
  const turns = readContents(body.contents);
  if ('malformed' in turns) return turns;
  const tools = readTools(field(body, 'tools'));
  if ('malformed' in tools) return tools;
  const config = readConfig(body);
  if ('malformed' in config) return config;
  const extra: [string, unknown][] = Object.entries(config.extra ?? {});
  const toolChoice = readToolConfig(body, extra);
  for (const [key, value] of Object.entries(body))
    if (!KNOWN.has(camel(key)) && !asksForNothing(value)) extra.push([camel(key), value]);
  const cached = textField(body, 'cachedContent');
  // What is cached at Google is content: without it the call would be another one.
  const kept: Part[] =
    cached === undefined ? [] : [{ kind: 'other', protocol: 'gemini', path: 'cachedContent', raw: cached }];
  return {
    ...defined({
      ...config,
      toolChoice,
      metadata: objectField(body, 'labels') ?? undefined,
      serviceTier: textField(body, 'serviceTier'),
    } as Partial<Call>),
    protocol: 'gemini',
    model: call.model,
    stream: call.stream,
    turns: [...(kept.length > 0 ? [{ role: 'system', parts: kept } as const] : []), ...instruction, ...turns],
    tools,
    extra: Object.fromEntries(extra),
  };
}
