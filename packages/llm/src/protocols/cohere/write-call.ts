import type { ProviderRequest, Target } from '../../codec.ts';
import type { Call, Loss, Reasoning, Tool } from '../../neutral/call.ts';
import { defined } from '../../object.ts';
import { stringifyDeep } from '../../parse-exact.ts';
import { writeMessages } from './write-messages.ts';

type Json = Readonly<Record<string, unknown>>;
type FunctionTool = Extract<Tool, { kind: 'function' }>;

function functionsOf(call: Call, losses: Loss[]): readonly FunctionTool[] {
  const functions: FunctionTool[] = [];
  for (const tool of call.tools) {
    if (tool.kind === 'function') functions.push(tool);
    else losses.push({ path: tool.path, why: 'the model’s provider has no such tool', essential: true });
  }
  const { toolChoice } = call;
  // There is no word for one tool: it is the only one offered, and some tool must be called.
  return typeof toolChoice === 'object' ? functions.filter((tool) => tool.name === toolChoice.tool) : functions;
}

const NO_ARGUMENTS = { type: 'object', properties: {} };

function writeTools(functions: readonly FunctionTool[]): readonly Json[] | undefined {
  if (functions.length === 0) return undefined;
  return functions.map(({ name, description, parameters }) => ({
    type: 'function',
    function: defined({ name, description, parameters: parameters ?? NO_ARGUMENTS }),
  }));
}

function writeToolChoice(choice: Call['toolChoice']): string | undefined {
  if (choice === undefined || choice === 'auto') return undefined;
  return choice === 'none' ? 'NONE' : 'REQUIRED';
}

const BUDGETS: Readonly<Record<NonNullable<Reasoning['effort']>, number | undefined>> = {
  minimal: 512,
  low: 2048,
  medium: 8192,
  high: 16_384,
  max: undefined,
};

function writeThinking(call: Call, target: Target, losses: Loss[]): Json | undefined {
  const { reasoning } = call;
  if (reasoning === undefined || reasoning.mode === 'adaptive') return undefined;
  const thinks = target.model.includes('reasoning');
  if (reasoning.mode === 'off') return thinks ? { type: 'disabled' } : undefined;
  if (target.quirks.reasoningEffort === false || !thinks) {
    losses.push({ path: 'reasoning', why: 'the model is told nothing of it', essential: false });
    return undefined;
  }
  const { budgetTokens, effort } = reasoning;
  const budget = budgetTokens ?? (effort === undefined ? undefined : BUDGETS[effort]);
  return defined({ type: 'enabled', token_budget: budget });
}

/** A number within what Cohere takes. */
function within(value: number | undefined, [least, most]: readonly [number, number], path: string, losses: Loss[]) {
  if (value === undefined) return undefined;
  const taken = Math.min(Math.max(value, least), most);
  if (taken !== value && !(path === 'top_p' && value === 1)) {
    losses.push({ path, why: `the provider takes ${least} to ${most} only: ${taken} was sent`, essential: false });
  }
  return taken;
}

/** Members the other side has no word for. */
function unheard(call: Call, losses: Loss[]): void {
  const members: (readonly [string, unknown])[] = [
    ['parallel_tool_calls', call.parallelToolCalls === false && call.tools.length > 0 ? false : undefined],
    ['top_logprobs', call.logprobs !== undefined && call.logprobs.top > 0 ? call.logprobs.top : undefined],
    ['user', call.user],
    ['service_tier', call.serviceTier === 'auto' ? undefined : call.serviceTier],
    ['metadata', call.metadata],
    ...Object.entries(call.extra),
  ];
  for (const [path, value] of members) {
    if (value !== undefined) losses.push({ path, why: 'the provider’s protocol has no such member', essential: false });
  }
  if (call.choices !== undefined && call.choices > 1) {
    losses.push({ path: 'n', why: 'the provider gives one answer', essential: true });
  }
}

/** Writes a call as a request of Cohere's `POST /v2/chat`. */
export function writeCall(call: Call, target: Target): ProviderRequest {
  const losses: Loss[] = [];
  const functions = functionsOf(call, losses);
  const { output } = call;
  const request = defined({
    model: target.model,
    messages: writeMessages(call.turns, losses),
    stream: call.stream,
    tools: writeTools(functions),
    strict_tools: functions.length > 0 && functions.every((tool) => tool.strict === true) ? true : undefined,
    tool_choice: functions.length === 0 ? undefined : writeToolChoice(call.toolChoice),
    max_tokens: call.maxOutputTokens,
    stop_sequences: call.stop?.length === 0 ? undefined : call.stop,
    temperature: within(call.temperature, [0, 1], 'temperature', losses),
    p: within(call.topP, [0.01, 0.99], 'top_p', losses),
    k: call.topK,
    seed: call.seed,
    frequency_penalty: within(call.frequencyPenalty, [0, 1], 'frequency_penalty', losses),
    presence_penalty: within(call.presencePenalty, [0, 1], 'presence_penalty', losses),
    logprobs: call.logprobs === undefined ? undefined : true,
    response_format:
      output === undefined
        ? undefined
        : { type: 'json_object', ...(output.kind === 'json_schema' ? { json_schema: output.schema } : {}) },
    thinking: writeThinking(call, target, losses),
  });
  unheard(call, losses);
  const body = stringifyDeep(request);
  if (body === null) losses.push({ path: 'messages', why: 'the call nests too deeply', essential: true });
  return { body: body ?? '{"messages":[]}', headers: [], losses };
}
