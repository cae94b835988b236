import type { ClientCall } from '../../codec.ts';
import type { Call, CallIssue, OutputForm, Reasoning, Tool, ToolChoice } from '../../neutral/call.ts';
import { defined, isObject, numberOf, ownEntry, textOf } from '../../object.ts';
import { readEffort } from '../openai-chat/effort.ts';
import { readInput } from './read-input.ts';

type Members = Readonly<Record<string, unknown>>;

/** Members with a place in the neutral call, or with nothing to say to another provider. */
const KNOWN = new Set([
  'input',
  'instructions',
  'model',
  'stream',
  'stream_options',
  'store',
  'background',
  'include',
  'truncation',
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'max_output_tokens',
  'temperature',
  'top_p',
  'top_logprobs',
  'text',
  'reasoning',
  'user',
  'safety_identifier',
  'service_tier',
  'metadata',
  'prompt_cache_key',
]);

function problem(param: string, message: string): CallIssue {
  return { malformed: false, param, message };
}

function readTools(given: unknown): Tool[] | CallIssue {
  if (given === undefined || given === null) return [];
  if (!Array.isArray(given)) return problem('tools', '`tools` must be an array.');
  const tools: Tool[] = [];
  for (const [i, tool] of given.entries()) {
    const path = `tools[${i}]`;
    if (!isObject(tool)) return problem(path, 'must be a tool');
    if (tool.type !== 'function') {
      tools.push({ kind: 'other', protocol: 'openai_responses', path, raw: tool });
      continue;
    }
    if (typeof tool.name !== 'string' || tool.name === '') return problem(`${path}.name`, 'must be the tool’s name');
    const parameters = isObject(tool.parameters) ? tool.parameters : undefined;
    const strict = typeof tool.strict === 'boolean' ? tool.strict : undefined;
    tools.push(
      defined({ kind: 'function', name: tool.name, description: textOf(tool.description), parameters, strict }),
    );
  }
  return tools;
}

const CHOICES: Readonly<Record<string, ToolChoice>> = { auto: 'auto', none: 'none', required: 'any' };

interface ChosenTools {
  readonly tools: readonly Tool[];
  readonly choice?: ToolChoice;
}

/** Of `allowed_tools` only those stay: what may not be called need not be told. */
function chooseTools(tools: readonly Tool[], given: unknown): ChosenTools | CallIssue {
  if (given === undefined || given === null) return { tools };
  const wrong = problem('tool_choice', '`tool_choice` must be none, auto, required or a tool.');
  if (typeof given === 'string') {
    const choice = ownEntry(CHOICES, given);
    return choice === undefined ? wrong : { tools, choice };
  }
  if (!isObject(given)) return wrong;
  if (given.type === 'allowed_tools' && Array.isArray(given.tools)) {
    const names = given.tools.map((tool) => (isObject(tool) ? tool.name : undefined));
    const allowed = tools.filter((tool) => tool.kind === 'function' && names.includes(tool.name));
    return { tools: allowed, choice: given.mode === 'required' ? 'any' : 'auto' };
  }
  return typeof given.name === 'string' ? { tools, choice: { tool: given.name } } : wrong;
}

function readOutput(text: unknown): OutputForm | undefined | CallIssue {
  const format = isObject(text) ? text.format : undefined;
  if (!isObject(format) || format.type === 'text') return undefined;
  if (format.type === 'json_object') return { kind: 'json' };
  if (format.type !== 'json_schema' || !isObject(format.schema)) {
    return problem('text.format', '`text.format` must be text, json_object, or json_schema with a schema.');
  }
  return defined({
    kind: 'json_schema',
    name: textOf(format.name) ?? 'answer',
    description: textOf(format.description),
    schema: format.schema,
    strict: typeof format.strict === 'boolean' ? format.strict : undefined,
  });
}

function readReasoning(given: unknown): Reasoning | undefined | CallIssue {
  if (!isObject(given)) return undefined;
  const effort = readEffort(given.effort, 'reasoning.effort');
  if (effort !== undefined && 'malformed' in effort) return effort;
  const show = typeof given.summary === 'string' || typeof given.generate_summary === 'string' ? true : undefined;
  if (effort === undefined && show === undefined) return undefined;
  return defined({ ...(effort ?? { mode: 'adaptive' }), show });
}

const NUMBERS = ['max_output_tokens', 'temperature', 'top_p', 'top_logprobs'] as const;

function extraOf(body: Members): Readonly<Record<string, unknown>> {
  const extra: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(body)) {
    if (!KNOWN.has(key) && value !== null) Object.defineProperty(extra, key, { value, enumerable: true });
  }
  const verbosity = isObject(body.text) ? body.text.verbosity : undefined;
  if (verbosity !== undefined && verbosity !== null) extra['text.verbosity'] = verbosity;
  return extra;
}

/** Reads a request of the Responses API whole. */
export function readCall(call: ClientCall): Call | CallIssue {
  const { body } = call;
  for (const name of NUMBERS) {
    if (body[name] !== undefined && body[name] !== null && numberOf(body[name]) === undefined) {
      return problem(name, `\`${name}\` must be a number.`);
    }
  }
  const turns = readInput(body);
  if ('malformed' in turns) return turns;
  const given = readTools(body.tools);
  if ('malformed' in given) return given;
  const chosen = chooseTools(given, body.tool_choice);
  if ('malformed' in chosen) return chosen;
  const output = readOutput(body.text);
  if (output !== undefined && 'malformed' in output) return output;
  const reasoning = readReasoning(body.reasoning);
  if (reasoning !== undefined && 'malformed' in reasoning) return reasoning;
  const top = numberOf(body.top_logprobs) ?? 0;
  const asked = Array.isArray(body.include) && body.include.includes('message.output_text.logprobs');
  return defined({
    protocol: 'openai_responses',
    model: call.model,
    stream: call.stream,
    turns,
    tools: chosen.tools,
    toolChoice: chosen.choice,
    parallelToolCalls: typeof body.parallel_tool_calls === 'boolean' ? body.parallel_tool_calls : undefined,
    maxOutputTokens: numberOf(body.max_output_tokens),
    temperature: numberOf(body.temperature),
    topP: numberOf(body.top_p),
    logprobs: asked || top > 0 ? { top } : undefined,
    output,
    reasoning,
    user: textOf(body.safety_identifier) ?? textOf(body.user),
    serviceTier: textOf(body.service_tier),
    metadata: isObject(body.metadata) ? body.metadata : undefined,
    extra: extraOf(body),
  });
}
