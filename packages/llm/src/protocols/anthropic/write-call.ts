import { closedSchema } from '../../claude/closed-schema.ts';
import { type Thinking, writeThinking } from '../../claude/thinking.ts';
import { type Traits, traitsOf } from '../../claude/traits.ts';
import type { ProviderRequest, Target } from '../../codec.ts';
import { arrange } from '../../neutral/arrange.ts';
import { boundMarks } from '../../neutral/cache-marks.ts';
import type { Call, Loss, Tool } from '../../neutral/call.ts';
import { loseSettings } from '../../neutral/lose.ts';
import { OUTPUT_TOOL } from '../../neutral/output-tool.ts';
import { ToolNames } from '../../neutral/tool-names.ts';
import { defined, ownEntry } from '../../object.ts';
import { toolUseId } from './ids.ts';
import { BlockWriter, cacheControl } from './write-messages.ts';

/** Anthropic wants a bound; this is what every model of theirs can give. */
const DEFAULT_MAX_TOKENS = 4096;
const MAX_NAME_CHARS = 128;

function writeTools(tools: readonly Tool[], strict: boolean, names: ToolNames, losses: Loss[]): unknown[] {
  const written: unknown[] = [];
  for (const tool of tools) {
    if (tool.kind === 'function') {
      written.push(
        defined({
          name: names.write(tool.name),
          description: tool.description,
          input_schema: { type: 'object', ...(tool.parameters ?? { properties: {} }) },
          strict: strict && tool.strict ? true : undefined,
          cache_control: cacheControl(tool.cache),
        }),
      );
    } else if (tool.protocol === 'anthropic') written.push(tool.raw);
    else losses.push({ path: tool.path, why: 'the model’s provider has no such tool', essential: true });
  }
  return written;
}

/** The tool that stands for the answer where the model cannot be held to a schema in another way. */
function outputTool(call: Call): unknown {
  if (call.output?.kind !== 'json_schema') return null;
  const { description, schema } = call.output;
  const words = description === undefined ? '' : ` ${description}`;
  return { name: OUTPUT_TOOL, description: `Give the final answer by calling this.${words}`, input_schema: schema };
}

function writeToolChoice(call: Call, forced: boolean, names: ToolNames): unknown {
  const single = call.parallelToolCalls === false ? { disable_parallel_tool_use: true } : {};
  if (forced) {
    const own = call.tools.length > 0 && call.toolChoice !== 'none';
    return own ? { type: 'any', ...single } : { type: 'tool', name: OUTPUT_TOOL, disable_parallel_tool_use: true };
  }
  const { toolChoice } = call;
  if (toolChoice === undefined) return call.parallelToolCalls === false ? { type: 'auto', ...single } : undefined;
  if (toolChoice === 'none') return { type: 'none' };
  if (typeof toolChoice === 'string') return { type: toolChoice, ...single };
  return { type: 'tool', name: names.write(toolChoice.tool), ...single };
}

/** Claude takes 0 to 1, one of temperature and `top_p`, and neither while it thinks. */
function writeSampling(call: Call, traits: Traits, thinks: boolean, losses: Loss[]): object {
  const drop = (path: string, why: string): void => {
    losses.push({ path, why, essential: false });
  };
  const { temperature, topP, topK } = call;
  if (!traits.sampling || thinks) {
    const why = thinks ? 'it cannot be set while the model thinks' : 'the model takes no such setting';
    if (temperature !== undefined && temperature !== 1) drop('temperature', why);
    if (topP !== undefined && topP !== 1) drop('top_p', why);
    if (topK !== undefined) drop('top_k', why);
    return {};
  }
  if (temperature !== undefined && temperature > 1) drop('temperature', 'the model takes 1 at most');
  if (temperature !== undefined && topP !== undefined) drop('top_p', 'the model takes it or temperature, not both');
  return defined({
    temperature: temperature === undefined ? undefined : Math.min(1, Math.max(0, temperature)),
    top_p: temperature === undefined ? topP : undefined,
    top_k: topK,
  });
}

/** Settings this protocol has no place for. */
function loseRest(call: Call, losses: Loss[]): void {
  const lose = (path: string): void => {
    losses.push({ path, why: 'the provider’s protocol has no such member', essential: false });
  };
  loseSettings(call, ['seed', 'frequencyPenalty', 'presencePenalty', 'choices', 'logprobs', 'metadata'], losses);
  const known = call.serviceTier === undefined || Object.hasOwn(TIERS, call.serviceTier);
  if (!known) lose('service_tier');
  // What has a path of several members came from a place that only the client's own protocol has.
  for (const name of Object.keys(call.extra)) {
    if (call.protocol !== 'anthropic' || /[.[]/.test(name)) lose(name);
  }
}

const TIERS: Readonly<Record<string, string>> = { auto: 'auto', default: 'standard_only' };

function ownExtra(call: Call): object {
  if (call.protocol !== 'anthropic') return {};
  return Object.fromEntries(Object.entries(call.extra).filter(([name]) => !/[.[]/.test(name)));
}

function jsonInWords(call: Call, losses: Loss[]): unknown[] {
  if (call.output?.kind !== 'json') return [];
  losses.push({ path: 'response_format', why: 'the model is asked for JSON in words only', essential: false });
  return [{ type: 'text', text: 'Answer with one JSON object and nothing else.' }];
}

function writeConfig(call: Call, traits: Traits, thinking: Thinking): unknown {
  const schema = call.output?.kind === 'json_schema' && traits.jsonSchema ? call.output.schema : undefined;
  const format = schema && { type: 'json_schema', schema: closedSchema(schema) };
  if (format === undefined && thinking.effort === undefined) return undefined;
  return defined({ format, effort: thinking.effort });
}

/** A sequence of nothing but white space is refused. */
function writeStop({ stop }: Call, losses: Loss[]): readonly string[] | undefined {
  const kept = stop?.filter((sequence) => sequence.trim() !== '');
  if (kept?.length !== stop?.length)
    losses.push({ path: 'stop', why: 'white space alone is not taken', essential: false });
  return kept?.length ? kept : undefined;
}

function boundTokens(call: Call, target: Target, losses: Loss[]): number {
  const { maxOutputTokens: given } = call;
  const { maxOutputTokens: most } = target;
  if (given === undefined) return most ?? DEFAULT_MAX_TOKENS;
  if (most === null || given <= most) return given;
  losses.push({ path: 'max_tokens', why: `the model answers with ${most} tokens at most`, essential: false });
  return most;
}

/** Writes a call as a Messages request. */
export function writeCall(call: Call, target: Target): ProviderRequest {
  const traits = traitsOf(target);
  const losses: Loss[] = [];
  const names = new ToolNames(MAX_NAME_CHARS);
  const { system: instructions, exchanges } = arrange(call.turns, toolUseId, losses);
  const marked = boundMarks({ tools: call.tools, system: instructions, exchanges }, losses);
  const asTool = traits.jsonSchema ? null : outputTool(call);
  const given = call.toolChoice === 'none' && asTool !== null ? [] : marked.tools;
  const tools = writeTools(given, traits.jsonSchema && target.quirks.strictTools !== false, names, losses);
  if (asTool !== null) tools.push(asTool);
  const maxTokens = boundTokens(call, target, losses);
  const context = { forced: asTool !== null, exchanges, maxTokens, modelMax: target.maxOutputTokens };
  const thinking = writeThinking(call, traits, context, losses);
  const thinks = thinking.config !== undefined && thinking.config.type !== 'disabled';
  const blocks = new BlockWriter(names, losses);
  const messages = exchanges.map((exchange, i) => blocks.message(exchange, i === exchanges.length - 1));
  const system = [...(blocks.system(marked.system) ?? []), ...jsonInWords(call, losses)];
  loseRest(call, losses);
  const head = defined({
    model: target.model,
    max_tokens: thinking.maxTokens,
    stream: call.stream ? true : undefined,
    tools: tools.length === 0 ? undefined : tools,
    tool_choice: tools.length === 0 ? undefined : writeToolChoice(call, asTool !== null, names),
    system: system.length === 0 ? undefined : system,
  });
  const tail = defined({
    ...ownExtra(call),
    thinking: thinking.config,
    output_config: writeConfig(call, traits, thinking),
    ...writeSampling(call, traits, thinks, losses),
    stop_sequences: writeStop(call, losses),
    metadata: call.user === undefined ? undefined : { user_id: call.user },
    service_tier: call.serviceTier === undefined ? undefined : ownEntry(TIERS, call.serviceTier),
  });
  const rest = JSON.stringify(tail).slice(1);
  const body = `${JSON.stringify(head).slice(0, -1)},"messages":[${messages.join(',')}]${rest === '}' ? '' : ','}${rest}`;
  return { body, headers: [], losses, ...(names.changed.size > 0 ? { toolNames: names.changed } : {}) };
}
