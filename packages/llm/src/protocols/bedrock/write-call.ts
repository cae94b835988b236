import { closedSchema } from '../../claude/closed-schema.ts';
import { type Thinking, writeThinking } from '../../claude/thinking.ts';
import { traitsOf } from '../../claude/traits.ts';
import type { ProviderRequest, Target } from '../../codec.ts';
import { type Arranged, arrange } from '../../neutral/arrange.ts';
import { boundMarks } from '../../neutral/cache-marks.ts';
import type { Call, Loss } from '../../neutral/call.ts';
import { loseSettings } from '../../neutral/lose.ts';
import { ToolNames } from '../../neutral/tool-names.ts';
import { defined } from '../../object.ts';
import { type Family, familyOf, idWriter, takesForcedTool } from './family.ts';
import { stopSequencePaths } from './finish.ts';
import { BlockWriter } from './write-messages.ts';
import { writeToolConfig } from './write-tools.ts';

const MAX_NAME_CHARS = 64;
/** What a Claude model is taken to give where a budget to think needs to know. */
const DEFAULT_MAX_TOKENS = 4096;

interface ModelSettings {
  readonly family: Family;
  /** Can be held to a schema with `outputConfig.textFormat`. */
  readonly jsonSchema: boolean;
  /** Takes temperature and the like. */
  readonly sampling: boolean;
}

function settingsOf(target: Target): ModelSettings {
  const family = familyOf(target.model);
  if (family !== 'claude') return { family, jsonSchema: false, sampling: true };
  const { jsonSchema, sampling } = traitsOf(target);
  return { family, jsonSchema, sampling };
}

interface Reasoned extends Thinking {
  /** Members of `additionalModelRequestFields`. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** How a model is told to think differs from maker to maker; most cannot be told. */
function writeReasoning(
  call: Call,
  target: Target,
  family: Family,
  context: { readonly forced: boolean; readonly arranged: Arranged },
  losses: Loss[],
): Reasoned {
  const { reasoning } = call;
  const maxTokens = call.maxOutputTokens ?? target.maxOutputTokens ?? DEFAULT_MAX_TOKENS;
  const plain: Reasoned = { config: undefined, effort: undefined, maxTokens, fields: {} };
  if (reasoning === undefined) return plain;
  if (family === 'claude') {
    const { exchanges } = context.arranged;
    const claude = { forced: context.forced, exchanges, maxTokens, modelMax: target.maxOutputTokens };
    const thinking = writeThinking(call, traitsOf(target), claude, losses);
    return { ...thinking, fields: thinking.config === undefined ? {} : { thinking: thinking.config } };
  }
  const effort =
    reasoning.effort === 'minimal' ? 'low' : reasoning.effort === 'max' ? 'high' : (reasoning.effort ?? 'medium');
  if (reasoning.mode !== 'off' && family === 'openai') return { ...plain, fields: { reasoning_effort: effort } };
  if (reasoning.mode !== 'off' && family === 'nova' && target.model.includes('nova-2')) {
    return { ...plain, fields: { reasoningConfig: { type: 'enabled', maxReasoningEffort: effort } } };
  }
  if (reasoning.mode !== 'off')
    losses.push({ path: 'reasoning', why: 'the model is told nothing of it', essential: false });
  return plain;
}

function writeInference(
  call: Call,
  { sampling }: ModelSettings,
  thinking: Reasoned,
  target: Target,
  losses: Loss[],
): unknown {
  const thinks = thinking.config !== undefined && thinking.config.type !== 'disabled';
  const silent = thinks || !sampling;
  const why = thinks ? 'it cannot be set while the model thinks' : 'the model takes no such setting';
  const drop = (path: string, given: unknown): void => {
    if (given !== undefined && given !== 1) losses.push({ path, why, essential: false });
  };
  if (silent) {
    drop('temperature', call.temperature);
    drop('top_p', call.topP);
  } else if (call.temperature !== undefined && call.temperature > 1) {
    losses.push({ path: 'temperature', why: 'the provider takes 1 at most', essential: false });
  }
  const bounded = call.maxOutputTokens !== undefined || thinks;
  const most = target.maxOutputTokens ?? Number.MAX_SAFE_INTEGER;
  if (call.maxOutputTokens !== undefined && call.maxOutputTokens > most) {
    losses.push({ path: 'max_tokens', why: `the model answers with ${most} tokens at most`, essential: false });
  }
  const stop = call.stop?.filter((sequence) => sequence.trim() !== '');
  if (stop?.length !== call.stop?.length)
    losses.push({ path: 'stop', why: 'white space alone is not taken', essential: false });
  const config = defined({
    maxTokens: bounded ? Math.min(thinking.maxTokens, most) : undefined,
    temperature: silent || call.temperature === undefined ? undefined : Math.min(1, Math.max(0, call.temperature)),
    topP: silent ? undefined : call.topP,
    stopSequences: stop?.length ? stop : undefined,
  });
  return Object.keys(config).length === 0 ? undefined : config;
}

/** `top_k` goes where each maker has it. */
function writeTopK(call: Call, { family, sampling }: ModelSettings, thinks: boolean, losses: Loss[]): object {
  if (call.topK === undefined) return {};
  if (family === 'claude' && sampling && !thinks) return { top_k: call.topK };
  if (family === 'nova') return { inferenceConfig: { topK: call.topK } };
  loseSettings(call, ['topK'], losses);
  return {};
}

/** A model that cannot be held to a form is at least told of it. */
function formInWords(call: Call, held: boolean, losses: Loss[]): unknown[] {
  const { output } = call;
  if (output === undefined || (output.kind === 'json_schema' && held)) return [];
  losses.push({ path: 'response_format', why: 'the model is asked for it in words only', essential: false });
  const form =
    output.kind === 'json' ? 'and nothing else' : `that fits this JSON Schema: ${JSON.stringify(output.schema)}`;
  return [{ text: `Answer with one JSON object ${form}.` }];
}

function writeOutputConfig(call: Call, { jsonSchema }: ModelSettings, effort: string | undefined): unknown {
  const { output } = call;
  const given = output?.kind === 'json_schema' && jsonSchema ? output : undefined;
  const textFormat = given && {
    type: 'json_schema',
    structure: {
      jsonSchema: defined({
        schema: JSON.stringify(closedSchema(given.schema)),
        name: given.name,
        description: given.description,
      }),
    },
  };
  return textFormat === undefined && effort === undefined ? undefined : defined({ textFormat, effort });
}

const TIERS: Readonly<Record<string, string>> = { default: 'default', flex: 'flex', priority: 'priority' };

function writeTier({ serviceTier }: Call, losses: Loss[]): unknown {
  if (serviceTier === undefined || serviceTier === 'auto') return undefined;
  if (Object.hasOwn(TIERS, serviceTier)) return { type: TIERS[serviceTier] };
  losses.push({ path: 'service_tier', why: 'the provider has no such tier', essential: false });
  return undefined;
}

/** Writes a call as a Converse request; the model and whether it streams are in the address. */
export function writeCall(call: Call, target: Target): ProviderRequest {
  const settings = settingsOf(target);
  const { family, jsonSchema } = settings;
  const losses: Loss[] = [];
  const names = new ToolNames(MAX_NAME_CHARS);
  const arranged = arrange(call.turns, idWriter(family), losses);
  const { exchanges } = arranged;
  const marked = boundMarks({ tools: call.tools, system: arranged.system, exchanges }, losses);
  const asTool = call.output?.kind === 'json_schema' && !jsonSchema && takesForcedTool(family);
  const thinking = writeReasoning(call, target, family, { forced: asTool, arranged }, losses);
  const thinks = thinking.config !== undefined && thinking.config.type !== 'disabled';
  const strict = jsonSchema && target.quirks.strictTools !== false;
  const toolConfig = writeToolConfig(call, { tools: marked.tools, exchanges, strict, asTool, names }, losses);
  const blocks = new BlockWriter(family, names, losses);
  const messages = exchanges.map((exchange) => blocks.message(exchange));
  const system = [...blocks.system(marked.system), ...formInWords(call, jsonSchema || asTool, losses)];
  const fields = { ...thinking.fields, ...writeTopK(call, settings, thinks, losses) };
  const inferenceConfig = writeInference(call, settings, thinking, target, losses);
  loseSettings(
    call,
    ['seed', 'frequencyPenalty', 'presencePenalty', 'choices', 'logprobs', 'metadata', 'user', 'parallelToolCalls'],
    losses,
  );
  for (const path of Object.keys(call.extra)) {
    losses.push({ path, why: 'the provider’s protocol has no such member', essential: false });
  }
  const rest = defined({
    system: system.length === 0 ? undefined : system,
    inferenceConfig,
    toolConfig,
    outputConfig: writeOutputConfig(call, settings, thinking.effort),
    additionalModelRequestFields: Object.keys(fields).length === 0 ? undefined : fields,
    additionalModelResponseFieldPaths:
      family === 'claude' && call.stop?.length ? stopSequencePaths(call.stream) : undefined,
    serviceTier: writeTier(call, losses),
  });
  const tail = JSON.stringify(rest).slice(1);
  const body = `{"messages":[${messages.join(',')}]${tail === '}' ? '' : ','}${tail}`;
  return { body, headers: [], losses, ...(names.changed.size > 0 ? { toolNames: names.changed } : {}) };
}
