import type { ProviderRequest, Target } from '../../codec.ts';
import type { Call, Loss, Tool } from '../../neutral/call.ts';
import { defined } from '../../object.ts';
import { writeEffort } from './effort.ts';
import { type ChatMessage, writeMessages } from './write-messages.ts';

function writeTools(tools: readonly Tool[], target: Target, losses: Loss[]): unknown[] | undefined {
  if (tools.length === 0) return undefined;
  const written: unknown[] = [];
  for (const tool of tools) {
    if (tool.kind === 'other') {
      if (tool.protocol === 'openai_chat') written.push(tool.raw);
      else losses.push({ path: tool.path, why: 'the model’s provider has no such tool', essential: true });
      continue;
    }
    const { name, description, parameters } = tool;
    const strict = target.quirks.strictTools === false ? undefined : tool.strict;
    written.push({ type: 'function', function: defined({ name, description, parameters, strict }) });
  }
  return written.length === 0 ? undefined : written;
}

function writeToolChoice(choice: Call['toolChoice'], { quirks }: Target): unknown {
  if (choice === undefined) return undefined;
  if (choice === 'any') return quirks.requiredToolChoice ?? 'required';
  return typeof choice === 'string' ? choice : { type: 'function', function: { name: choice.tool } };
}

function writeOutput(call: Call, target: Target): unknown {
  const { output } = call;
  if (output === undefined) return undefined;
  if (output.kind === 'json' || target.quirks.jsonSchema === false) return { type: 'json_object' };
  const { name, description, schema, strict } = output;
  return { type: 'json_schema', json_schema: defined({ name, description, schema, strict }) };
}

function effortOf(call: Call, target: Target, losses: Loss[]): string | undefined {
  const { reasoning } = call;
  if (reasoning === undefined || reasoning.mode === 'adaptive' || target.quirks.thinking !== undefined)
    return undefined;
  if (target.quirks.reasoningEffort !== false) return writeEffort(reasoning);
  if (reasoning.mode === 'on')
    losses.push({ path: 'reasoning', why: 'the model is told nothing of it', essential: false });
  return undefined;
}

/** How thinking is asked for where it is no effort. */
function writeThinking({ reasoning }: Call, { quirks }: Target): Readonly<Record<string, unknown>> {
  if (reasoning === undefined || quirks.thinking === undefined) return {};
  const on = reasoning.mode !== 'off';
  if (quirks.thinking === 'enable_thinking') return { enable_thinking: on };
  if (quirks.thinking === 'thinking.type') return { thinking: { type: on ? 'enabled' : 'disabled' } };
  return { reasoning: defined({ enabled: on, effort: reasoning.effort, max_tokens: reasoning.budgetTokens }) };
}

/** Settings that some providers refuse. */
const REFUSABLE = [
  ['stop', 'stop', 'stop'],
  ['seed', 'seed', 'seed'],
  ['penalties', 'frequencyPenalty', 'frequency_penalty'],
  ['penalties', 'presencePenalty', 'presence_penalty'],
] as const;

/** Takes out what the provider refuses. */
function withoutRefused(call: Call, { quirks }: Target, losses: Loss[]): Call {
  let kept: Call = call;
  for (const [quirk, field, path] of REFUSABLE) {
    if (quirks[quirk] !== false || call[field] === undefined) continue;
    losses.push({ path, why: 'the provider does not take it', essential: field === 'stop' });
    const { [field]: _refused, ...rest } = kept;
    kept = rest;
  }
  return kept;
}

/** A schema the provider cannot be held to is at least told to the model. */
function schemaInWords(call: Call, target: Target): ChatMessage[] {
  if (call.output?.kind !== 'json_schema' || target.quirks.jsonSchema !== false) return [];
  const content = `Answer with one JSON object that fits this JSON Schema: ${JSON.stringify(call.output.schema)}`;
  return [{ role: 'system', content }];
}

/** Writes a call as a chat completion request. */
export function writeCall(given: Call, target: Target): ProviderRequest {
  const { quirks } = target;
  const losses: Loss[] = [];
  const call = withoutRefused(given, target, losses);
  const tools = writeTools(call.tools, target, losses);
  const messages = [...schemaInWords(call, target), ...writeMessages(call.turns, { quirks, losses })];
  if (call.topK !== undefined)
    losses.push({ path: 'top_k', why: 'the provider’s protocol has no such setting', essential: false });
  const own = call.protocol === 'openai_chat';
  if (!own) {
    for (const name of Object.keys(call.extra)) {
      losses.push({ path: name, why: 'the provider’s protocol has no such member', essential: false });
    }
  }
  const body = defined({
    ...(own ? call.extra : {}),
    model: target.model,
    messages,
    stream: call.stream ? true : undefined,
    stream_options: call.stream && quirks.streamOptions !== false ? { include_usage: true } : undefined,
    tools,
    tool_choice: tools === undefined ? undefined : writeToolChoice(call.toolChoice, target),
    parallel_tool_calls: tools === undefined || quirks.parallelToolCalls === false ? undefined : call.parallelToolCalls,
    [quirks.maxTokensField ?? 'max_tokens']: call.maxOutputTokens,
    temperature: call.temperature,
    top_p: call.topP,
    stop: call.stop?.length === 0 ? undefined : call.stop,
    [quirks.seedField ?? 'seed']: call.seed,
    frequency_penalty: call.frequencyPenalty,
    presence_penalty: call.presencePenalty,
    n: call.choices,
    logprobs: call.logprobs ? true : undefined,
    top_logprobs: call.logprobs && call.logprobs.top > 0 ? call.logprobs.top : undefined,
    response_format: writeOutput(call, target),
    reasoning_effort: effortOf(call, target, losses),
    ...writeThinking(call, target),
    user: call.user,
    service_tier: own ? call.serviceTier : undefined,
    metadata: own ? call.metadata : undefined,
  });
  return { body: JSON.stringify(body), headers: [], losses };
}
